"""A thread that gathers items, makes payloads of them and sends them to one address.

Its memory is bounded, both for items and for payloads. A payload is retried with growing pauses and blocks no other,
unless nothing may be dropped.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from lab_agent.sending import http
from lab_agent.sending.address import Address
from lab_agent.sending.counts import Counts
from lab_agent.sending.key import Key
from lab_agent.sending.payload import Payload
from lab_agent.sending.queue import Queue

log = logging.getLogger('lab_agent.sending')

# The real Agent's forwarder drops these too, since another attempt would end the same.
_HOPELESS = frozenset({400, 403, 404, 413})
_TIMEOUT_SECONDS = 5.0
# Maximum bytes of waiting payloads' bodies.
_WAITING_BYTES = 32 << 20


def doubling(attempt: int) -> float:
    """Seconds until the next attempt: 1, 2, 4, … but never more than half a minute."""
    return float(min(30, 2 ** (attempt - 1)))


class _Waiting:
    """A payload with the time of its next attempt."""

    def __init__(self, payload: Payload) -> None:
        self.payload = payload
        self.attempts = 0
        self.due = 0.0


class Pipeline:
    """`make` turns the gathered items into payloads; an item that doesn't fit pushes out the oldest ones.

    `gather`: seconds from the first item to its payload. `idle`: seconds after which `make` is called without items,
    the first time at once; None for never. `size`: how much of `room` an item takes. `hopeless`: status codes after
    which there is no further attempt. `refused` is called with the endpoint of a payload whose key was rejected.

    `attempts`: None for unlimited. Then nothing is dropped before the end: while more than `payloads` wait, items stay
    queued, and callers must check `full` before they add some.
    """

    def __init__(
        self,
        name: str,
        address: Address,
        key: Key,
        make: Callable[[list[Any]], Sequence[Payload]],
        gather: float = 1.0,
        idle: float | None = None,
        room: int = 10_000,
        size: Callable[[Any], int] = lambda _: 1,
        payloads: int = 100,
        attempts: int | None = 8,
        hopeless: frozenset[int] = _HOPELESS,
        pause: Callable[[int], float] = doubling,
        refused: Callable[[str], None] | None = None,
    ) -> None:
        self._name, self._address, self._key, self._make = name, address, key, make
        self._gather, self._idle, self._payloads = gather, idle, payloads
        self._attempts, self._hopeless, self._pause, self._refused = attempts, hopeless, pause, refused
        self._changed = threading.Condition()
        self._items = Queue(room, size)
        self._waiting: list[_Waiting] = []
        self._flush_at: float | None = None if idle is None else 0.0
        # Monotonic time by which everything must have ended; None until an end is requested.
        self._end: float | None = None
        self._thread: threading.Thread | None = None
        self._counts = Counts()

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()

    def add(self, *items: Any) -> None:
        """Never blocks, never raises."""
        if not items:
            return
        with self._changed:
            self._items.add(items)
            if self._attempts is not None and (dropped := self._items.push_out()):
                self._counts.add('Dropped', {'total': dropped})
            soon = 0.0 if self._items.full else time.monotonic() + self._gather
            self._flush_at = soon if self._flush_at is None else min(self._flush_at, soon)
            self._changed.notify_all()

    @property
    def full(self) -> bool:
        """Whether there is no room for another item."""
        return self._items.full

    def flush(self) -> None:
        """Makes payloads now."""
        with self._changed:
            self._flush_at = 0.0
            self._changed.notify_all()

    def close(self, seconds: float = 2.0) -> None:
        """Returns at once; the thread sends what is left, each payload once more, and ends within SECONDS."""
        with self._changed:
            self._end = time.monotonic() + seconds
            self._changed.notify_all()

    def join(self) -> None:
        """Waits for the end that `close` requested."""
        if self._thread and self._end is not None:
            self._thread.join(max(0.0, self._end - time.monotonic()))

    def drop(self, endpoint: str) -> None:
        """Counts a payload that could not be made."""
        self._counts.one('Dropped', endpoint)

    def figures(self) -> dict[str, dict[str, int]]:
        """By kind (`Success`, `Errors`, `HTTPErrors`, `Dropped`, `Requeued`, `Retried`, `Holds`), then by endpoint or
        `total`."""
        return self._counts.as_dict()

    def _run(self) -> None:
        while True:
            with self._changed:
                while self._end is None and (left := self._pending()) > 0:
                    self._changed.wait(left if left != float('inf') else None)
                closing = self._end is not None
                now = time.monotonic()
                due = self._flush_at is not None and self._flush_at <= now
                wanted = bool(self._items) if closing else due and not self._held_up()
                items = self._items.take() if wanted else []
                if wanted:
                    self._flush_at = None if self._idle is None else now + self._idle
            if wanted:
                self._enqueue(items)
            self._send()
            if closing:
                return

    def _pending(self) -> float:
        """Seconds until there is something to do."""
        times = [one.due for one in self._waiting]
        if self._flush_at is not None and not self._held_up():
            times.append(self._flush_at)
        return min(times) - time.monotonic() if times else float('inf')

    def _held_up(self) -> bool:
        """Whether items must stay queued until a payload has arrived."""
        return self._attempts is None and self._crowded()

    def _crowded(self) -> bool:
        size = sum(len(one.payload.body) for one in self._waiting)
        return len(self._waiting) > self._payloads or size > _WAITING_BYTES

    def _enqueue(self, items: list[Any]) -> None:
        try:
            made = self._make(items)
        except Exception:
            log.exception('%s: could not make payloads', self._name)
            self._counts.one('Dropped')
            return
        self._waiting += [_Waiting(one) for one in made]
        while self._attempts is not None and self._crowded():
            self.drop(self._waiting.pop(0).payload.endpoint)

    def _send(self) -> None:
        for one in [*self._waiting]:
            end = self._end
            if end is not None:
                self._waiting.remove(one)
                left = end - time.monotonic()
                if left <= 0 or not self._attempt(one, min(_TIMEOUT_SECONDS, left)):
                    self.drop(one.payload.endpoint)
            elif one.due <= time.monotonic():
                self._waiting.remove(one)
                if not self._attempt(one, _TIMEOUT_SECONDS):
                    self._again(one)

    def _again(self, one: _Waiting) -> None:
        if self._attempts is not None and one.attempts >= self._attempts:
            self.drop(one.payload.endpoint)
            return
        one.due = time.monotonic() + self._pause(one.attempts)
        self._waiting.append(one)
        self._counts.one('Requeued', one.payload.endpoint)

    def _attempt(self, one: _Waiting, timeout: float) -> bool:
        """Whether the payload is finished: accepted, or dropped for good."""
        payload = one.payload
        if one.attempts:
            self._counts.one('Retried', payload.endpoint)
        one.attempts += 1
        try:
            headers = {**self._key.headers(), **payload.headers}
            status = http.request(self._address, 'POST', payload.path, headers, payload.body, timeout)
        except Exception as error:
            log.warning('%s: could not send %s: %s', self._name, payload.endpoint, error)
            self._counts.one('Errors', payload.endpoint)
            return False
        self._key.answered(status)
        if 200 <= status < 300:
            self._counts.one('Success', payload.endpoint)
            self._counts.add('Holds', payload.holds)
            return True
        log.warning('%s: %s was answered with %d', self._name, payload.endpoint, status)
        self._counts.one('HTTPErrors', str(status))
        # A redirect isn't followed, since it could lead away from loopback.
        if status in self._hopeless or status < 400:
            if status == 403 and self._refused:
                self._refused(payload.endpoint)
            self.drop(payload.endpoint)
            return True
        return False

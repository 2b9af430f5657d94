"""The thread that gathers what comes in, makes payloads of it and sends them to one address.

Both its queues are bounded. A payload is tried a bounded number of times, with growing pauses; it holds up no other.
"""

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import Any

from lab_agent.sending import http
from lab_agent.sending.address import Address
from lab_agent.sending.key import Key
from lab_agent.sending.payload import Payload

log = logging.getLogger('lab_agent.sending')

# What the real Agent drops too: another attempt would end the same.
_HOPELESS = {400, 403, 404, 413}
_TIMEOUT_SECONDS = 5.0


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
    """`make` turns the gathered items into payloads; an item that finds no room pushes the oldest one out.

    `gather`: seconds from the first item to its payload. `idle`: seconds after which `make` is asked without any item,
    the first time at once; None for never. `refused` is told the endpoint of a payload that the key was too bad for.
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
        payloads: int = 100,
        attempts: int = 8,
        pause: Callable[[int], float] = doubling,
        refused: Callable[[str], None] | None = None,
    ) -> None:
        self._name, self._address, self._key, self._make = name, address, key, make
        self._gather, self._idle, self._room, self._payloads = gather, idle, room, payloads
        self._attempts, self._pause, self._refused = attempts, pause, refused
        self._changed = threading.Condition()
        self._items: deque[Any] = deque()
        self._waiting: list[_Waiting] = []
        self._flush_at: float | None = None if idle is None else 0.0
        # Monotonic time by which all must be over; None as long as nobody wants it to end.
        self._end: float | None = None
        self._thread: threading.Thread | None = None
        self._figures: dict[str, Counter[str]] = {}

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()

    def add(self, *items: Any) -> None:
        """Never blocks, never raises."""
        if not items:
            return
        with self._changed:
            self._items.extend(items)
            while len(self._items) > self._room:
                self._items.popleft()
                self._count('Dropped', 'total')
            soon = time.monotonic() + self._gather
            self._flush_at = soon if self._flush_at is None else min(self._flush_at, soon)
            self._changed.notify_all()

    @property
    def full(self) -> bool:
        """Whether another item would push one out."""
        return len(self._items) >= self._room

    def flush(self) -> None:
        """Makes payloads now."""
        with self._changed:
            self._flush_at = 0.0
            self._changed.notify_all()

    def close(self, seconds: float = 2.0) -> None:
        """Sends what is there, each payload once more, and ends after SECONDS at the latest; returns at once."""
        with self._changed:
            self._end = time.monotonic() + seconds
            self._changed.notify_all()

    def join(self) -> None:
        """Waits for the end that `close` asked for."""
        if self._thread and self._end is not None:
            self._thread.join(max(0.0, self._end - time.monotonic()))

    def drop(self, endpoint: str) -> None:
        """Counts a payload that was never made."""
        self._count('Dropped', 'total', endpoint)

    def figures(self) -> dict[str, dict[str, int]]:
        """By kind (`Success`, `Errors`, `HTTPErrors`, `Dropped`, `Requeued`, `Retried`, `Holds`), then by endpoint or
        `total`."""
        with self._changed:
            return {kind: dict(counter) for kind, counter in self._figures.items()}

    def _count(self, kind: str, *names: str) -> None:
        with self._changed:
            counter = self._figures.setdefault(kind, Counter())
            for name in names:
                counter[name] += 1

    def _run(self) -> None:
        while True:
            with self._changed:
                while self._end is None and (left := self._pending()) > 0:
                    self._changed.wait(left if left != float('inf') else None)
                closing = self._end is not None
                now = time.monotonic()
                wanted = bool(self._items) if closing else self._flush_at is not None and self._flush_at <= now
                items = list(self._items) if wanted else []
                if wanted:
                    self._items.clear()
                    self._flush_at = None if self._idle is None else now + self._idle
            if wanted:
                self._enqueue(items)
            self._send()
            if closing:
                return

    def _pending(self) -> float:
        """Seconds until there is something to do."""
        times = [one.due for one in self._waiting]
        if self._flush_at is not None:
            times.append(self._flush_at)
        return min(times) - time.monotonic() if times else float('inf')

    def _enqueue(self, items: list[Any]) -> None:
        try:
            made = self._make(items)
        except Exception:
            log.exception('%s: could not make payloads', self._name)
            self._count('Dropped', 'total')
            return
        self._waiting += [_Waiting(one) for one in made]
        while len(self._waiting) > self._payloads:
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
        if one.attempts >= self._attempts:
            self.drop(one.payload.endpoint)
            return
        one.due = time.monotonic() + self._pause(one.attempts)
        self._waiting.append(one)
        self._count('Requeued', 'total', one.payload.endpoint)

    def _attempt(self, one: _Waiting, timeout: float) -> bool:
        """Whether the payload is done with: taken, or never to be taken."""
        payload = one.payload
        if one.attempts:
            self._count('Retried', 'total', payload.endpoint)
        one.attempts += 1
        try:
            headers = {**self._key.headers(), **payload.headers}
            status = http.request(self._address, 'POST', payload.path, headers, payload.body, timeout)
        except Exception as error:
            log.warning('%s: could not send %s: %s', self._name, payload.endpoint, error)
            self._count('Errors', 'total', payload.endpoint)
            return False
        self._key.answered(status)
        if 200 <= status < 300:
            self._count('Success', 'total', payload.endpoint)
            with self._changed:
                self._figures.setdefault('Holds', Counter()).update(payload.holds)
            return True
        log.warning('%s: %s was answered with %d', self._name, payload.endpoint, status)
        self._count('HTTPErrors', 'total', str(status))
        # A redirect isn't followed: it could lead away from loopback.
        if status in _HOPELESS or status < 400:
            if status == 403 and self._refused:
                self._refused(payload.endpoint)
            self.drop(payload.endpoint)
            return True
        return False

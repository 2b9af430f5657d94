"""What was received: in the last minute, per kind of client, and since the start, per service."""

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

WINDOW_SECONDS = 60.0

Client = tuple[str, str, str, str]


@dataclass(frozen=True)
class Payload:
    """One accepted request."""

    at: float
    client: Client
    service: str
    endpoint: str
    traces: int
    spans: int
    bytes: int


def client_of(headers: Mapping[str, str]) -> Client:
    """Language, its version, interpreter and tracer version, as sent by the tracer."""
    names = ('Datadog-Meta-Lang', 'Datadog-Meta-Lang-Version', 'Datadog-Meta-Lang-Interpreter')
    lang, version, interpreter = (headers.get(name, '') for name in names)
    return lang, version, interpreter, headers.get('Datadog-Meta-Tracer-Version', '')


@dataclass
class Figures:
    """Thread-safe; the clock can be replaced."""

    clock: Callable[[], float] = time.monotonic
    _payloads: deque[Payload] = field(default_factory=deque)
    _totals: dict[str, list[int]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, client: Client, traces: int, spans: int, size: int, service: str = '', endpoint: str = '') -> None:
        """SERVICE is that of the payload's first span, ENDPOINT the version in the path, such as `v0.5`."""
        with self._lock:
            self._payloads.append(Payload(self.clock(), client, service, endpoint, traces, spans, size))
            sums = self._totals.setdefault(service, [0, 0])
            sums[0] += traces
            sums[1] += 1
            self._forget()

    def _forget(self) -> None:
        """Also called for every payload, since days may pass before a query."""
        oldest = self.clock() - WINDOW_SECONDS
        while self._payloads and self._payloads[0].at < oldest:
            self._payloads.popleft()

    def receiver(self) -> list[dict[str, Any]]:
        """`apmStats.receiver`: one entry per client, service and payload format seen in the window."""
        with self._lock:
            self._forget()
            kept = list(self._payloads)
        totals: dict[tuple[Client, str, str], list[int]] = {}
        for one in kept:
            sums = totals.setdefault((one.client, one.service, one.endpoint), [0, 0, 0, 0])
            for index, value in enumerate((one.traces, one.spans, one.bytes, 1)):
                sums[index] += value
        return [
            {
                'Lang': client[0],
                'LangVersion': client[1],
                'Interpreter': client[2],
                'TracerVersion': client[3],
                'EndpointVersion': endpoint,
                'Service': service,
                'TracesReceived': sums[0],
                'SpansReceived': sums[1],
                'TracesBytes': sums[2],
                'PayloadAccepted': sums[3],
            }
            for (client, service, endpoint), sums in totals.items()
        ]

    def totals(self) -> dict[str, dict[str, int]]:
        """Since the start, by service. The lab's alone: a real one tells of minutes, which somebody has to add up."""
        with self._lock:
            return {
                service: {'TracesReceived': traces, 'PayloadAccepted': payloads}
                for service, (traces, payloads) in self._totals.items()
            }

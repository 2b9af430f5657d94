"""One check's samples, and the series computed from them at the end of a run.

Checks submit raw values; rates and monotonic counts are differences and so need two samples.
"""

import threading
import time
from typing import Any

GAUGE, RATE, COUNT, MONOTONIC_COUNT, COUNTER, HISTOGRAM, HISTORATE = range(7)

Context = tuple[int, str, tuple[str, ...], str]
Series = dict[str, Any]


class _Samples:
    """What one run submitted for one context."""

    def __init__(self) -> None:
        self.values: list[tuple[float, float]] = []
        self.flush_first = False


class Sampler:
    """Collects between two commits; remembers the last sample of each context for differences."""

    def __init__(self, hostname: str) -> None:
        self._hostname = hostname
        self._lock = threading.Lock()
        self._open: dict[Context, _Samples] = {}
        self._last: dict[Context, tuple[float, float]] = {}
        self._service_checks: list[Series] = []
        self._events: list[Series] = []
        self.metric_samples = 0

    def submit(self, kind: int, name: str, value: float, tags: list[str], host: str, flush_first: bool = False) -> None:
        context = (kind, name, tuple(dict.fromkeys(tags or [])), host or self._hostname)
        with self._lock:
            samples = self._open.setdefault(context, _Samples())
            samples.values.append((time.time(), value))
            samples.flush_first = samples.flush_first or flush_first
            self.metric_samples += 1

    def service_check(self, name: str, status: int, tags: list[str], host: str, message: str) -> None:
        entry = {
            'check': name,
            'host_name': host or self._hostname,
            'timestamp': int(time.time()),
            'status': int(status),
            'message': message or '',
            'tags': list(dict.fromkeys(tags or [])),
        }
        with self._lock:
            self._service_checks.append(entry)

    def event(self, event: Series) -> None:
        with self._lock:
            self._events.append(event)

    def commit(self) -> dict[str, list[Series]]:
        """Ends the run and returns its series, service checks and events."""
        with self._lock:
            opened, self._open = self._open, {}
            checks, self._service_checks = self._service_checks, []
            events, self._events = self._events, []
            self.metric_samples = 0
            metrics = [series for context, samples in opened.items() for series in self._series(context, samples)]
        return {'metrics': metrics, 'service_checks': checks, 'events': events}

    def _series(self, context: Context, samples: _Samples) -> list[Series]:
        kind, name, tags, host = context
        values = samples.values
        at = values[-1][0]

        def one(kind_name: str, value: float, suffix: str = '') -> Series:
            return {
                'metric': name + suffix,
                'points': [[int(at), value]],
                'tags': list(tags),
                'host': host,
                'type': kind_name,
                'interval': 0,
                'source_type_name': 'System',
            }

        if kind == GAUGE:
            return [one('gauge', values[-1][1])]
        if kind == COUNT:
            return [one('count', sum(value for _, value in values))]
        if kind in (HISTOGRAM, HISTORATE):
            return self._histogram(kind, context, values, one)
        chain = [*([self._last[context]] if context in self._last else []), *values]
        first = context not in self._last
        self._last[context] = values[-1]
        if kind == MONOTONIC_COUNT:
            total = values[0][1] if first and samples.flush_first else 0.0
            total += sum(_increase(a[1], b[1], samples.flush_first) for a, b in zip(chain, chain[1:], strict=False))
            return [one('count', total)] if len(chain) > 1 or samples.flush_first else []
        if len(chain) < 2:
            return []
        before, after = chain[-2], chain[-1]
        seconds = after[0] - before[0]
        # Like the Agent, drops a negative rate, which means that the counter was reset.
        if seconds <= 0 or after[1] < before[1]:
            return []
        return [one('gauge' if kind == RATE else 'rate', (after[1] - before[1]) / seconds)]

    def _histogram(self, kind: int, context: Context, values: list[tuple[float, float]], one: Any) -> list[Series]:
        numbers = sorted(value for _, value in values)
        if kind == HISTORATE:
            chain = [*([self._last[context]] if context in self._last else []), *values]
            self._last[context] = values[-1]
            pairs = zip(chain, chain[1:], strict=False)
            numbers = sorted((b[1] - a[1]) / (b[0] - a[0]) for a, b in pairs if b[0] > a[0])
        if not numbers:
            return []
        size = len(numbers)
        return [
            one('gauge', numbers[-1], '.max'),
            one('gauge', numbers[(size - 1) // 2], '.median'),
            one('gauge', sum(numbers) / size, '.avg'),
            one('rate', size, '.count'),
            one('gauge', numbers[max(0, -(-size * 95 // 100) - 1)], '.95percentile'),
        ]


def _increase(before: float, after: float, flush_first: bool) -> float:
    """The increase of a counter. If it went down it was reset, and its value counts only if requested."""
    if after >= before:
        return after - before
    return after if flush_first else 0.0

"""Counts the outcomes of payloads."""

import threading
from collections import Counter
from collections.abc import Mapping


class Counts:
    """Counters by kind, then by name. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counters: dict[str, Counter[str]] = {}

    def add(self, kind: str, numbers: Mapping[str, int]) -> None:
        with self._lock:
            self._counters.setdefault(kind, Counter()).update(numbers)

    def one(self, kind: str, *names: str) -> None:
        """Adds one to the total and to each name."""
        self.add(kind, {'total': 1, **dict.fromkeys(names, 1)})

    def as_dict(self) -> dict[str, dict[str, int]]:
        with self._lock:
            return {kind: dict(counter) for kind, counter in self._counters.items()}

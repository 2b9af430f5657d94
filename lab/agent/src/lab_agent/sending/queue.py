"""Items waiting to be made into payloads, with a bounded size. Its owner holds the lock."""

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any


class Queue:
    """`size` returns how much of `room` an item takes."""

    def __init__(self, room: int, size: Callable[[Any], int]) -> None:
        self._room, self._size = room, size
        self._items: deque[Any] = deque()
        self._taken = 0

    def __bool__(self) -> bool:
        return bool(self._items)

    @property
    def full(self) -> bool:
        """Whether there is no room left, not even for the smallest item."""
        return self._taken >= self._room

    def add(self, items: Iterable[Any]) -> None:
        """Always adds them; the caller must respect the bound, either before or by calling `push_out` afterwards."""
        for one in items:
            self._items.append(one)
            self._taken += self._size(one)

    def push_out(self) -> int:
        """Drops the oldest items until the others fit, and returns how many."""
        dropped = 0
        while self._taken > self._room:
            self._taken -= self._size(self._items.popleft())
            dropped += 1
        return dropped

    def take(self) -> list[Any]:
        """Removes and returns all items."""
        found = list(self._items)
        self._items.clear()
        self._taken = 0
        return found

"""Bounds what the test agent keeps: it never forgets a request by itself, and the machine runs for days."""

from collections import deque
from typing import Any

_REQUESTS = 512
_BYTES = 32 << 20


class Kept:
    """Limits the test agent's list of requests by number and by the size of their bodies."""

    def __init__(self, requests: list[Any], most: int = _REQUESTS, room: int = _BYTES) -> None:
        self._requests, self._most, self._room = requests, most, room
        # Sizes of the listed requests, in order. The list grows only at its end and shrinks only here.
        self._sizes: deque[int] = deque()
        self._taken = 0

    async def trim(self) -> None:
        """Drops the oldest requests. Never waits, since listed requests have been read completely."""
        for one in self._requests[len(self._sizes) :]:
            self._sizes.append(len(await one.read()))
            self._taken += self._sizes[-1]
        oldest = 0
        while len(self._sizes) > self._most or self._taken > self._room:
            self._taken -= self._sizes.popleft()
            oldest += 1
        del self._requests[:oldest]

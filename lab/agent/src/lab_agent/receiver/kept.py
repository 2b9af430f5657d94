"""How much the test agent keeps of what it received: it forgets nothing itself, and the machine runs for days."""

from collections import deque
from typing import Any

_REQUESTS = 512
_BYTES = 32 << 20


class Kept:
    """Holds the test agent's list of requests to a number of them and a number of bytes of their bodies."""

    def __init__(self, requests: list[Any], most: int = _REQUESTS, room: int = _BYTES) -> None:
        self._requests, self._most, self._room = requests, most, room
        # Of the requests in the list, in its order: the list only grows, at its end, and shrinks only here.
        self._sizes: deque[int] = deque()
        self._taken = 0

    async def trim(self) -> None:
        """Forgets the oldest requests. A body that is kept has been read: this waits for nothing."""
        for one in self._requests[len(self._sizes) :]:
            self._sizes.append(len(await one.read()))
            self._taken += self._sizes[-1]
        oldest = 0
        while len(self._sizes) > self._most or self._taken > self._room:
            self._taken -= self._sizes.popleft()
            oldest += 1
        del self._requests[:oldest]

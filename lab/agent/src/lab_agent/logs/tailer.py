"""One tailed file, across rotation by renaming or by copying and truncating."""

import os
from pathlib import Path
from typing import BinaryIO

from lab_agent.logs.lines import Lines

# One-character lines become a hundred times larger when sent.
_CHUNK = 1 << 18
_MARK = 128


class Tailer:
    """Reads what was appended since the last call; reopens the file after a rotation.

    `offset` is where another run must continue: after the last line that was returned.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.offset = 0
        self.lines = 0
        self.bytes = 0
        self._file: BinaryIO | None = None
        self._position = 0
        self._split = Lines()
        self._mark = b''

    def open(self, from_end: bool) -> None:
        """Raises OSError if the file can't be read."""
        file = self.path.open('rb')
        self._file = file
        self._mark = file.read(_MARK)
        self._go(file.seek(0, os.SEEK_END if from_end else os.SEEK_SET))

    def resume(self, offset: int) -> None:
        """Continues where an earlier run of the Agent stopped; a file that is now shorter is read from its start."""
        if self._file and offset <= os.fstat(self._file.fileno()).st_size:
            self._go(self._file.seek(offset))

    def close(self) -> None:
        if self._file:
            self._file.close()
        self._file = None
        self._go(0)

    def read(self, limit: int = _CHUNK) -> list[bytes]:
        """The next complete lines, about LIMIT bytes; empty if there are none yet.

        Raises OSError if a rotated file's successor can't be read, after the old file's lines have been returned.
        """
        if self._file is None:
            self.open(from_end=False)
        found, more = self._drain(limit)
        if not more and self._renamed():
            # Its writer may have appended something since.
            late, more = self._drain(limit)
            found += late
            if not more:
                self.close()
                found += self._successor(limit, must=not found)
        self.lines += len(found)
        return found

    def handed_over(self) -> None:
        """Marks what `read` has returned as done."""
        self.offset = self._position - self._split.pending

    def _successor(self, limit: int, must: bool) -> list[bytes]:
        try:
            self.open(from_end=False)
        except OSError:
            if must:
                raise
        return self._drain(limit)[0]

    def _go(self, position: int) -> None:
        self._position = self.offset = position
        self._split = Lines()

    def _renamed(self) -> bool:
        if self._file is None:
            return False
        held = os.fstat(self._file.fileno())
        try:
            named = self.path.stat()
        except FileNotFoundError:
            return False
        return (held.st_dev, held.st_ino) != (named.st_dev, named.st_ino)

    def _truncated(self, file: BinaryIO) -> bool:
        """Whether it is shorter than what was read or begins differently; it may have outgrown the old length since."""
        if os.fstat(file.fileno()).st_size < self._position:
            return True
        mark = os.pread(file.fileno(), _MARK, 0)
        same = mark.startswith(self._mark)
        if same:
            self._mark = mark
        return not same

    def _drain(self, limit: int) -> tuple[list[bytes], bool]:
        """Lines, and whether there may be more in this file."""
        file = self._file
        if file is None:
            return [], False
        if self._truncated(file):
            self._go(file.seek(0))
            self._mark = os.pread(file.fileno(), _MARK, 0)
        found: list[bytes] = []
        more = True
        while more and not found:
            chunk = file.read(limit)
            self._position += len(chunk)
            self.bytes += len(chunk)
            found = self._split.feed(chunk)
            more = len(chunk) == limit
        return found, more

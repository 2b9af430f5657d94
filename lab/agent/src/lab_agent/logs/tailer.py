"""One followed file, through rotation by renaming and by copying and truncating."""

import os
from pathlib import Path
from typing import BinaryIO

_CHUNK = 1 << 20
_MARK = 128


class Tailer:
    """Reads what was appended since the last call; opens again when the file was rotated."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.offset = 0
        self.lines = 0
        self.bytes = 0
        self._file: BinaryIO | None = None
        self._partial = b''
        self._mark = b''

    def open(self, from_end: bool) -> None:
        """Raises OSError when the file can't be read."""
        file = self.path.open('rb')
        self._file = file
        self._mark = file.read(_MARK)
        self.offset = file.seek(0, os.SEEK_END if from_end else os.SEEK_SET)
        self._partial = b''

    def resume(self, offset: int) -> None:
        """Goes on where an earlier run of the Agent stopped; a file that is shorter now is read from its start."""
        if self._file and offset <= os.fstat(self._file.fileno()).st_size:
            self.offset = self._file.seek(offset)

    def close(self) -> None:
        if self._file:
            self._file.close()
        self._file = None

    def read(self) -> list[bytes]:
        """The new complete lines. Raises OSError when a rotated file's successor can't be read."""
        if self._file is None:
            self.open(from_end=False)
        found = self._drain()
        if self._renamed():
            self.close()
            self.open(from_end=False)
            found += self._drain()
        return found

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
        """Shorter than what was read, or another beginning: it may have grown past the old length since."""
        if os.fstat(file.fileno()).st_size < self.offset:
            return True
        mark = os.pread(file.fileno(), _MARK, 0)
        same = mark.startswith(self._mark)
        if same:
            self._mark = mark
        return not same

    def _drain(self) -> list[bytes]:
        file = self._file
        if file is None:
            return []
        if self._truncated(file):
            self.offset = file.seek(0)
            self._mark = os.pread(file.fileno(), _MARK, 0)
            self._partial = b''
        found: list[bytes] = []
        while chunk := file.read(_CHUNK):
            self.offset += len(chunk)
            self.bytes += len(chunk)
            *complete, self._partial = (self._partial + chunk).split(b'\n')
            found += complete
        self.lines += len(found)
        return found

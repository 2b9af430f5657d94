"""The structured log: one JSON object per line, in MongoDB's format."""

import contextlib
import json
import sys
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from lab_mongodb import bson

# The number of lines in getLog, as in the real server.
_REMEMBERED = 1024


class Log:
    """Writes to a file, or without a path to standard output."""

    def __init__(self, path: Path | None = None, *, append: bool = True, rename: bool = True) -> None:
        self._path, self._rename = path, rename
        self._file: TextIO = sys.stdout
        self.recent: deque[str] = deque(maxlen=_REMEMBERED)
        if path is not None:
            if not append and path.exists():
                self._move_aside(path)
            self._file = self._open(path)

    @staticmethod
    def _open(path: Path) -> TextIO:
        # The umask makes it 0600 unless the configuration changes that.
        return path.open('a', encoding='utf-8', buffering=1)

    @staticmethod
    def _move_aside(path: Path) -> None:
        path.rename(f'{path}.{datetime.now(UTC):%Y-%m-%dT%H-%M-%S}')

    def rotate(self) -> str | None:
        """Starts a new file, or reopens the path if someone else moved the file; returns an error message, if any."""
        if self._path is None:
            return None
        try:
            if self._rename:
                self._move_aside(self._path)
            opened = self._open(self._path)
        except OSError as error:
            return str(error)
        self._file.close()
        self._file = opened
        return None

    def write(
        self,
        component: str,
        identifier: int,
        context: str,
        message: str,
        attributes: dict[str, Any] | None = None,
        severity: str = 'I',
    ) -> None:
        """Writes a line, which is lost if the disk is full."""
        now = datetime.now().astimezone().isoformat(timespec='milliseconds')
        service = '"S"' if context.startswith('conn') else '"-"'
        # The real server pads these fields.
        line = f'{{"t":{{"$date":"{now}"}},"s":"{severity}",  "c":{json.dumps(component) + ",":<12}'
        line += (
            f'"id":{str(identifier) + ",":<9}"svc":{service}, "ctx":{json.dumps(context)},"msg":{json.dumps(message)}'
        )
        if attributes:
            encoded = json.dumps(bson.plain(attributes), ensure_ascii=False, separators=(',', ':'))
            line += f',"attr":{encoded}'
        line += '}'
        self.recent.append(line)
        with contextlib.suppress(OSError):
            self._file.write(f'{line}\n')
            self._file.flush()

    def close(self) -> None:
        """Closes the log."""
        if self._file is not sys.stdout:
            self._file.close()

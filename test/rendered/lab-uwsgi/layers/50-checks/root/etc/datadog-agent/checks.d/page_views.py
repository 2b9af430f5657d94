"""Counts an app's requests by route and status class, from the lines that its log has gained since the last run.

One JSON record per line, with Datadog's standard attributes:

    {"http.url_details.path": "/api/apm", "http.status_code": 200}

Other lines are skipped. The position in the log is kept in memory: a restarted Agent begins at the log's end, since
counting a line twice is worse than missing one.
"""

import json
import os
import stat
from collections import Counter
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, BinaryIO

from datadog_checks.base import AgentCheck, ConfigurationError

__version__ = '1.0.0'

DEFAULTS = {
    'path': '/var/log/trial-app/app.log',
    'routes': '/ /api/apm /api/trace',
    'limit': 1024 * 1024,
}
# Room for any single record: a smaller limit could never get past one.
SMALLEST_LIMIT = 4096
# Paths are whatever callers make up. Each as a tag of its own would be a time series that somebody pays for.
OTHER = 'other'

# What every instance of every check may carry; the Agent or the base class reads these, not this file.
COMMON = {
    'disable_generic_tags',
    'empty_default_hostname',
    'enable_legacy_tags_normalization',
    'loader',
    'metric_patterns',
    'min_collection_interval',
    'name',
    'namespace',
    'no_index',
    'service',
    'tags',
}


class LogError(Exception):
    """The log can't be read; the message is for the service check."""


@dataclass
class Position:
    """Where the next run goes on: a file by its inode, since rotation gives it another name."""

    inode: int
    offset: int
    # What follows, up to the next line break, is the rest of a line that isn't counted.
    inside_line: bool = False


class PageViewsCheck(AgentCheck):
    """Count `page_views.requests`, tagged `route:…` and `status_class:2xx`; service check `page_views.can_read`.

    Gauge `page_views.pending`: bytes of the log that were left for the next run.
    """

    def __init__(self, name: str, init_config: dict[str, Any], instances: list[dict[str, Any]]) -> None:
        super().__init__(name, init_config, instances)
        self.path = ''
        self.routes: list[str] = []
        self.limit = 0
        self.position: Position | None = None
        self.check_initializations.append(self.configure)

    def configure(self) -> None:
        """Read the instance's options; raises ConfigurationError with what was expected and what was found."""
        allowed = sorted(COMMON | set(DEFAULTS))
        for key in self.instance:
            if key not in allowed:
                near = get_close_matches(str(key), allowed, n=1)
                hint = f'did you mean `{near[0]}`?' if near else f'known: {", ".join(allowed)}'
                raise ConfigurationError(f'unknown option `{key}` in the instance; {hint}')
        path, routes, limit = (self.instance.get(name, default) for name, default in DEFAULTS.items())
        if not isinstance(path, str) or not path.startswith('/') or '\0' in path:
            raise ConfigurationError(f'`path` must be an absolute path, found {path!r}')
        self.path = path
        self.routes = routes.split() if isinstance(routes, str) else []
        if not self.routes or not all(route.startswith('/') for route in self.routes):
            raise ConfigurationError(f'`routes` must be paths separated by blanks, found {routes!r}')
        if isinstance(limit, bool) or not isinstance(limit, int) or limit < SMALLEST_LIMIT:
            raise ConfigurationError(f'`limit` must be a whole number of at least {SMALLEST_LIMIT}, found {limit!r}')
        self.limit = limit

    def check(self, _: dict[str, Any]) -> None:
        tags = self.instance.get('tags') or []
        try:
            lines, pending = self.read_new_lines()
        except LogError as error:
            # News about the log, not a fault of this check: no exception, and no 0 that nobody counted.
            self.service_check('page_views.can_read', self.CRITICAL, tags=tags, message=f'{self.path}: {error}')
            return
        requests = [found for found in map(request_of, lines) if found is not None]
        # Each known route is there from the first run on: a graph of an idle app is a line at 0 and no gap.
        counts = Counter({(route, '2xx'): 0 for route in self.routes})
        counts.update((path if path in self.routes else OTHER, f'{status // 100}xx') for path, status in requests)
        for (route, status_class), count in counts.items():
            own = [*tags, f'route:{route}', f'status_class:{status_class}']
            self.count('page_views.requests', count, tags=own)
        self.gauge('page_views.pending', pending, tags=tags)
        if lines and not requests:
            message = f'{self.path}: {len(lines)} lines, none of them a request'
            self.service_check('page_views.can_read', self.WARNING, tags=tags, message=message)
            return
        self.service_check('page_views.can_read', self.OK, tags=tags)

    def read_new_lines(self) -> tuple[list[bytes], int]:
        """Whole lines since the last run, the oldest first, and how many bytes are left for the next run."""
        with open_log(self.path) as log:
            found = os.fstat(log.fileno())
            position = self.position or at_end(log, found)
            lines: list[bytes] = []
            used = 0
            if found.st_ino != position.inode:
                lines, used, left = self.read_rotated(position)
                if left > 0:
                    return lines, left + found.st_size
                position = Position(found.st_ino, 0)
            if found.st_size < position.offset:
                # Emptied in place: what was written in between is gone.
                position = Position(found.st_ino, 0)
            self.position = position
            more, _ = self.read_from(log, position, self.limit - used)
            # The log may have grown since it was opened.
            return lines + more, max(0, found.st_size - position.offset)

    def read_rotated(self, position: Position) -> tuple[list[bytes], int, int]:
        """The rest of what was the log until a rotation: its lines, the bytes read, and the bytes left.

        Nothing is left of a file that is gone or compressed. Its last lines are lost: the log rotates faster than the
        check runs.
        """
        try:
            with open_log(f'{self.path}.1') as old:
                found = os.fstat(old.fileno())
                if found.st_ino != position.inode:
                    return [], 0, 0
                lines, used = self.read_from(old, position, self.limit)
                # Nobody completes a line there any more: what follows the last line break is let go.
                return lines, used, found.st_size - position.offset if used == self.limit else 0
        except LogError:
            return [], 0, 0

    def read_from(self, log: BinaryIO, position: Position, budget: int) -> tuple[list[bytes], int]:
        """Whole lines of one file from `position` on, which it moves; and the bytes read."""
        log.seek(position.offset)
        data = log.read(budget)
        end = data.rfind(b'\n') + 1
        if end == 0 and len(data) == self.limit:
            # No record is that long. Left where it is, it would be read again for ever.
            position.offset += len(data)
            position.inside_line = True
            return [], len(data)
        lines = data[:end].split(b'\n')[:-1]
        if lines and position.inside_line:
            del lines[0]
            position.inside_line = False
        # A line that is being written is left for the next run.
        position.offset += end
        return lines, len(data)


def open_log(path: str) -> BinaryIO:
    """Open a regular file, without waiting: a named pipe in its place would hold one of the Agent's few workers."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise LogError(error.strerror) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise LogError('not a regular file')
    return os.fdopen(descriptor, 'rb')


def at_end(log: BinaryIO, found: os.stat_result) -> Position:
    """The end of a log, which may be within a line."""
    if found.st_size == 0:
        return Position(found.st_ino, 0)
    log.seek(found.st_size - 1)
    return Position(found.st_ino, found.st_size, inside_line=log.read(1) != b'\n')


def request_of(line: bytes) -> tuple[str, int] | None:
    """Path and status of a request's record; None for any other line."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict):
        return None
    path, status = record.get('http.url_details.path'), record.get('http.status_code')
    if not isinstance(path, str) or isinstance(status, bool) or not isinstance(status, int) or not 100 <= status <= 599:
        return None
    return path, status

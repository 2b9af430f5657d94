"""All log sources: finds their files, tails them and reports their status."""

import glob
import json
import logging
import threading
from pathlib import Path
from typing import Any

from lab_agent.configs import LogConfig
from lab_agent.logs.sender import LogSender
from lab_agent.logs.tailer import Tailer

log = logging.getLogger('lab_agent.logs')

_POLL_SECONDS = 1.0
_END_SECONDS = 0.5
# Maximum number of chunks of one file in a row, so that a fast-growing file doesn't starve the others.
_CHUNKS = 64


class Source:
    """One entry of a `logs:` list and its tailed files."""

    def __init__(self, config: LogConfig) -> None:
        self.config = config
        self.tailers: dict[str, Tailer] = {}
        self.errors: dict[str, str] = {}
        self.scanned = False

    @property
    def path(self) -> str:
        return str(self.config.values.get('path', ''))

    def as_json(self) -> dict[str, Any]:
        values = self.config.values
        followed = sorted(self.tailers)
        messages = [f'{len(followed)} files tailed out of {len(followed) + len(self.errors)} files matching']
        return {
            'type': values.get('type', ''),
            'configuration': {
                'Path': self.path,
                'Service': values.get('service', ''),
                'Source': values.get('source', ''),
                'TailingMode': 'end',
            },
            'status': f'Error: {"; ".join(self.errors.values())}' if self.errors else ('OK' if followed else 'Pending'),
            'inputs': followed,
            'messages': [*self.errors.values()] if self.errors else (messages if followed else []),
            'info': {
                'Bytes Read': [str(sum(one.bytes for one in self.tailers.values()))],
                'Lines Read': [str(sum(one.lines for one in self.tailers.values()))],
            },
        }


class LogsAgent:
    """Tails all sources in one thread."""

    def __init__(self, configs: list[LogConfig], registry: Path, sender: LogSender | None = None) -> None:
        self.sender = sender
        self.sources = [Source(config) for config in configs]
        self._registry = registry
        self._known = self._load()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self.processed = 0

    def start(self) -> None:
        if self.sender:
            self.sender.start()
        self._thread = threading.Thread(target=self._follow, name='logs', daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Requests the end; `join` waits for it."""
        self._stopped.set()
        # Lines whose offset is saved as read must still reach the sender in this run.
        if self._thread:
            self._thread.join(_END_SECONDS)
        self._save()
        if self.sender:
            self.sender.stop()

    def join(self) -> None:
        if self.sender:
            self.sender.join()

    def _follow(self) -> None:
        turn = 0
        while not self._stopped.wait(_POLL_SECONDS if turn else 0):
            turn += 1
            for source in self.sources:
                try:
                    self.scan(source)
                except Exception:
                    log.exception('could not follow %s', source.path)
            if turn % 30 == 0:
                self._save()

    def scan(self, source: Source) -> None:
        """Opens new files, reads as much as there is room for, and records files that can't be read."""
        if source.config.values.get('type') != 'file':
            source.errors = {'type': f'unsupported log type {source.config.values.get("type")!r}'}
            return
        errors: dict[str, str] = {}
        wanted = sorted(glob.glob(source.path)) if glob.has_magic(source.path) else [source.path]
        for name in wanted:
            try:
                if name not in source.tailers:
                    source.tailers[name] = self._open(name, first=not source.scanned)
                self._read(source, name)
            except OSError as error:
                reason = (error.strerror or str(error)).lower()
                errors[name] = f'cannot read file {name}: {reason}'
                # No longer tailed, so that a file rotated into an unreadable one becomes visible.
                dropped = source.tailers.pop(name, None)
                if dropped:
                    dropped.close()
        source.errors = errors
        source.scanned = True

    def _read(self, source: Source, name: str) -> None:
        """Reads one chunk at a time, and only as much as the sender accepts; whatever stays in the file isn't lost."""
        tailer = source.tailers[name]
        for _ in range(_CHUNKS):
            if self._stopped.is_set() or (self.sender and self.sender.full):
                return
            lines = tailer.read()
            if not lines:
                return
            self.processed += len(lines)
            if self.sender:
                self.sender.add(source.config, name, lines)
            tailer.handed_over()

    def _open(self, name: str, first: bool) -> Tailer:
        tailer = Tailer(Path(name))
        known = self._known.get(name)
        # Skips content older than the Agent, but not in files that appear later or are known from an earlier run.
        tailer.open(from_end=first and known is None)
        if known is not None:
            tailer.resume(known)
        log.info('Opening %s at offset %d', name, tailer.offset)
        return tailer

    def _load(self) -> dict[str, int]:
        try:
            found = json.loads(self._registry.read_text(encoding='utf-8'))
            return {str(name): int(offset) for name, offset in found['Registry'].items()}
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            return {}

    def _save(self) -> None:
        offsets = {name: one.offset for source in self.sources for name, one in [*source.tailers.items()]}
        temporary = self._registry.with_name(f'{self._registry.name}.tmp')
        try:
            temporary.write_text(json.dumps({'Version': 2, 'Registry': offsets}), encoding='utf-8')
            temporary.replace(self._registry)
        except OSError as error:
            log.warning('could not write %s: %s', self._registry, error)


def stats(agent: LogsAgent | None) -> dict[str, Any]:
    """`logsStats` of `status --json`."""
    if agent is None:
        return {'is_running': False, 'endpoints': [], 'metrics': {}, 'integrations': [], 'errors': [], 'warnings': []}
    grouped: dict[str, list[dict[str, Any]]] = {}
    for source in agent.sources:
        grouped.setdefault(source.config.name, []).append(source.as_json())
    sent = agent.sender.metrics() if agent.sender else {'LogsSent': 0, 'BytesSent': 0}
    return {
        'is_running': True,
        'endpoints': [agent.sender.endpoint()] if agent.sender else [],
        'metrics': {'LogsProcessed': agent.processed, **sent},
        'integrations': [{'name': name, 'sources': sources} for name, sources in grouped.items()],
        'errors': [],
        'warnings': [],
    }

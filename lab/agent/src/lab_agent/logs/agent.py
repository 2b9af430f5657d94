"""All log sources: finds their files, follows them, and says how they fare."""

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
# Chunks of one file in a row: so many that a file that grows fast lets the others have their turn.
_CHUNKS = 64


class Source:
    """One entry of a `logs:` list with the files it is followed in."""

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
    """Follows all sources in one thread."""

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
        """Asks for the end; `join` waits for it."""
        self._stopped.set()
        # What is being read belongs to this run: saved as read, it must still get to the sender.
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
        """Opens new files, reads what there is room for, notes what can't be read."""
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
                # Followed no longer: a file that was rotated into one we can't read must show itself.
                dropped = source.tailers.pop(name, None)
                if dropped:
                    dropped.close()
        source.errors = errors
        source.scanned = True

    def _read(self, source: Source, name: str) -> None:
        """A chunk at a time, and no further than the sender takes: what stays in the file isn't lost."""
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
        # What was there before the Agent is skipped; a file that appears later, or is known from before, isn't.
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

"""All log sources: finds their files, tails them and reports their status."""

import fnmatch
import glob
import json
import logging
import threading
from pathlib import Path
from typing import Any

from lab_agent.configs import LogConfig
from lab_agent.logs.rules import Joiner, Rules
from lab_agent.logs.sender import LogSender
from lab_agent.logs.sources import Journal, Listener, source_of
from lab_agent.logs.stream import Stream
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
        self.joiners: dict[str, Joiner] = {}
        self.bytes = self.lines = 0
        # Of a source that isn't files.
        self.input: Listener | Journal | None = None
        try:
            self.rules = Rules(config.values.get('log_processing_rules'))
        except ValueError as error:
            self.rules = Rules(None)
            self.errors = {'rules': str(error)}
        self.broken = bool(self.errors)

    @property
    def path(self) -> str:
        return str(self.config.values.get('path', ''))

    @property
    def files(self) -> list[str]:
        """Existing files of the path, without excluded ones; a path without a pattern even if there is no such file."""
        if not glob.has_magic(self.path):
            return [self.path]
        unwanted = [str(one) for one in self.config.values.get('exclude_paths') or []]
        return [
            name for name in sorted(glob.glob(self.path)) if not any(fnmatch.fnmatch(name, one) for one in unwanted)
        ]

    def as_json(self) -> dict[str, Any]:
        values = self.config.values
        followed = sorted(self.tailers)
        if self.input:
            return self._input_json(self.input)
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

    def _input_json(self, found: Listener | Journal) -> dict[str, Any]:
        values = self.config.values
        names = {'Path': values.get('path', '')} if values.get('type') == 'journald' else {'Port': values.get('port')}
        return {
            'type': values.get('type', ''),
            'configuration': {**names, 'Service': values.get('service', ''), 'Source': values.get('source', '')},
            'status': f'Error: {found.error}' if found.error else 'OK',
            'inputs': found.inputs,
            'messages': [found.error] if found.error else [],
            'info': {'Bytes Read': [str(self.bytes)], 'Lines Read': [str(self.lines)]},
        }


class LogsAgent:
    """Tails all files in one thread; the journal and each port have threads of their own."""

    def __init__(
        self,
        configs: list[LogConfig],
        registry: Path,
        sender: LogSender | None = None,
        stream: Stream | None = None,
    ) -> None:
        self.sender = sender
        self.stream = stream or Stream()
        self.sources = [Source(config) for config in configs]
        self._registry = registry
        self._known = self._load()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self.processed = 0
        for source in self.sources:
            self._prepare(source)

    def start(self) -> None:
        if self.sender:
            self.sender.start()
        for source in self.sources:
            if source.input:
                source.input.start()
        self._thread = threading.Thread(target=self._follow, name='logs', daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Requests the end; `join` waits for it."""
        self._stopped.set()
        for source in self.sources:
            if source.input:
                source.input.stop()
        # Lines whose offset is saved as read must still reach the sender in this run.
        if self._thread:
            self._thread.join(_END_SECONDS)
        self._save()
        if self.sender:
            self.sender.stop()

    def join(self) -> None:
        if self.sender:
            self.sender.join()

    def _prepare(self, source: Source) -> None:
        if source.broken:
            return
        try:
            source.input = source_of(source.config.values, lambda lines: self._receive(source, lines))
        except ValueError as error:
            source.broken = True
            source.errors = {'type': str(error)}

    def _receive(self, source: Source, lines: list[bytes]) -> None:
        source.lines += len(lines)
        source.bytes += sum(len(line) for line in lines)
        self._take(source, '', lines)

    def _take(self, source: Source, name: str, lines: list[bytes]) -> None:
        """Everything that happens to lines before they are sent."""
        joiner = source.joiners.setdefault(name, Joiner(source.rules.start))
        self._pass_on(source, name, joiner.feed(lines))

    def _pass_on(self, source: Source, name: str, messages: list[bytes]) -> None:
        self.processed += len(messages)
        processed = (source.rules.apply(message) for message in messages)
        found = [message for message in processed if message is not None]
        for message in found:
            self.stream.add(source.config, message)
        if self.sender and found:
            self.sender.add(source.config, name, found)

    def _follow(self) -> None:
        turn = 0
        while not self._stopped.wait(_POLL_SECONDS if turn else 0):
            turn += 1
            for source in self.sources:
                try:
                    self.scan(source)
                    for name, joiner in list(source.joiners.items()):
                        self._pass_on(source, name, joiner.idle())
                except Exception:
                    log.exception('could not follow %s', source.path)
            if turn % 30 == 0:
                self._save()

    def scan(self, source: Source) -> None:
        """Opens new files, reads as much as there is room for, and records files that can't be read."""
        if source.broken or source.config.values.get('type') != 'file':
            return
        errors: dict[str, str] = {}
        for name in source.files:
            try:
                if name not in source.tailers:
                    source.tailers[name] = self._open(source, name, first=not source.scanned)
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
            self._take(source, name, lines)
            tailer.handed_over()

    def _open(self, source: Source, name: str, first: bool) -> Tailer:
        tailer = Tailer(Path(name))
        known = self._known.get(name)
        # Skips content older than the Agent, but not in files that appear later or are known from an earlier run.
        beginning = str(source.config.values.get('start_position') or 'end').lower().endswith('beginning')
        tailer.open(from_end=first and known is None and not beginning)
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

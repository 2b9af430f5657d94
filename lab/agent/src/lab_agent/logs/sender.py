"""Sends log lines to `logs_config.logs_dd_url`, as the logs Agent does over HTTP."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePath
from typing import Any

from lab_agent import VERSION
from lab_agent.configs import LogConfig
from lab_agent.sending.address import Address, loopback
from lab_agent.sending.key import Key
from lab_agent.sending.payload import JSON, Payload, as_json, gzipped
from lab_agent.sending.pipeline import Pipeline, doubling
from lab_agent.settings import Settings
from lab_agent.tags import parse_tags

_GATHER_SECONDS = 1.0
# Lines in memory.
_ROOM = 100_000
# The Agent's limits of one request; a longer line is cut.
_LINES = 1000
_BYTES = 5_000_000
_LINE_BYTES = 900_000
_CUT = '...TRUNCATED...'
_ORIGIN = {'DD-PROTOCOL': 'agent-json', 'DD-EVP-ORIGIN': 'agent', 'DD-EVP-ORIGIN-VERSION': VERSION}


class LogSender:
    """Lines in, batches out."""

    def __init__(
        self,
        address: Address,
        key: Key,
        hostname: str,
        gather: float = _GATHER_SECONDS,
        pause: Callable[[int], float] = doubling,
        room: int = _ROOM,
    ) -> None:
        self._address = address
        self._hostname = hostname
        self._pipeline = Pipeline('logs', address, key, payloads_of, gather, room=room, pause=pause)

    def start(self) -> None:
        self._pipeline.start()

    def stop(self) -> None:
        """Asks for the end; `join` waits for it."""
        self._pipeline.close()

    def join(self) -> None:
        self._pipeline.join()

    @property
    def full(self) -> bool:
        """As long as it is, files are better not read on: what they hold isn't lost."""
        return self._pipeline.full

    def add(self, config: LogConfig, path: str, lines: list[bytes]) -> None:
        """Blank lines aren't logs."""
        values = config.values
        file = PurePath(path)
        tags = [*parse_tags(values.get('tags')), f'filename:{file.name}', f'dirname:{file.parent}']
        common = {
            'status': 'info',
            'timestamp': time.time_ns() // 1_000_000,
            'hostname': self._hostname,
            'service': str(values.get('service') or ''),
            'ddsource': str(values.get('source') or ''),
            'ddtags': ','.join(tags),
        }
        self._pipeline.add(*({'message': text, **common} for text in map(_text, lines) if text))

    def endpoint(self) -> str:
        """As `logsStats.endpoints` names it."""
        return f'Reliable: Sending compressed logs in HTTP to {self._address.hosts[0]} on port {self._address.port}'

    def metrics(self) -> dict[str, int]:
        figures = self._pipeline.figures()
        holds = figures.get('Holds', {})
        errors = sum(figures.get(kind, {}).get('total', 0) for kind in ('Errors', 'HTTPErrors'))
        return {
            'LogsSent': holds.get('LogsSent', 0),
            'BytesSent': holds.get('BytesSent', 0),
            'EncodedBytesSent': holds.get('EncodedBytesSent', 0),
            'RetryCount': figures.get('Retried', {}).get('total', 0),
            'DestinationErrors': errors,
            'Dropped': figures.get('Dropped', {}).get('total', 0),
        }


def log_sender(settings: Settings, key: Key, hostname: str) -> LogSender | None:
    """None unless `logs_dd_url` is an `http` address of loopback."""
    address = loopback(settings.logs_url)
    return LogSender(address, key, hostname) if address and key.usable else None


def _text(line: bytes) -> str:
    whole = line.strip()
    if len(whole) <= _LINE_BYTES:
        return whole.decode('utf-8', 'replace')
    return whole[:_LINE_BYTES].decode('utf-8', 'replace') + _CUT


def _batches(logs: Sequence[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    size = 0
    for one in logs:
        length = len(one['message'])
        if batch and (len(batch) == _LINES or size + length > _BYTES):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += length
    if batch:
        yield batch


def payloads_of(logs: Sequence[Any]) -> list[Payload]:
    """JSON arrays as the logs intake takes them."""
    return [
        gzipped('logs', '/api/v2/logs', as_json(batch), JSON, {'LogsSent': len(batch)}, _ORIGIN)
        for batch in _batches(logs)
    ]

"""Sends log lines to `logs_config.logs_dd_url`, like the logs Agent over HTTP."""

import json
import logging
import time
from collections.abc import Callable, Sequence
from pathlib import PurePath

from lab_agent import VERSION
from lab_agent.configs import LogConfig
from lab_agent.sending.address import Address, loopback
from lab_agent.sending.key import Key
from lab_agent.sending.payload import JSON, Payload, as_json, batches, gzipped
from lab_agent.sending.pipeline import Pipeline, doubling
from lab_agent.settings import Settings
from lab_agent.tags import parse_tags

log = logging.getLogger('lab_agent.logs')

_GATHER_SECONDS = 1.0
# Maximum bytes of encoded lines in memory, besides those in payloads.
_ROOM = 16 << 20
# Maximum number of payloads in flight; beyond it, lines wait.
_PAYLOADS = 4
# The Agent's limits for one request before compression.
_LINES = 1000
_BYTES = 5_000_000
# Status codes after which the Agent's HTTP destination for logs drops a payload; after others it keeps retrying.
_HOPELESS = frozenset({400, 401, 403, 413})
# Like the Agent, keeps UTF-8, since escapes take up to three times the space.
_quoted = json.JSONEncoder(ensure_ascii=False).encode
_ORIGIN = {'DD-PROTOCOL': 'agent-json', 'DD-EVP-ORIGIN': 'agent', 'DD-EVP-ORIGIN-VERSION': VERSION}


class LogSender:
    """Collects lines and sends them in batches."""

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
        self._pipeline = Pipeline(
            'logs',
            address,
            key,
            payloads_of,
            gather,
            room=room,
            size=len,
            payloads=_PAYLOADS,
            attempts=None,
            hopeless=_HOPELESS,
            pause=pause,
        )

    def start(self) -> None:
        self._pipeline.start()

    def stop(self) -> None:
        """Requests the end; `join` waits for it."""
        self._pipeline.close()

    def join(self) -> None:
        self._pipeline.join()

    @property
    def full(self) -> bool:
        """While true, files should not be read further; their content isn't lost."""
        return self._pipeline.full

    def add(self, config: LogConfig, path: str, lines: list[bytes]) -> None:
        """Skips blank lines. Lines come from `Lines`, so none is too long for an intake; PATH may be empty."""
        values = config.values
        file = PurePath(path)
        of_file = [f'filename:{file.name}', f'dirname:{file.parent}'] if path else []
        tags = [*parse_tags(values.get('tags')), *of_file]
        common = {
            'status': 'info',
            'timestamp': time.time_ns() // 1_000_000,
            'hostname': self._hostname,
            'service': str(values.get('service') or ''),
            'ddsource': str(values.get('source') or ''),
            'ddtags': ','.join(tags),
        }
        rest = as_json(common)[1:]
        stripped = (line.strip() for line in lines)
        encoded = [_encoded(line, rest) for line in stripped if line]
        fitting = [one for one in encoded if len(one) + len('[]') <= _BYTES]
        for _ in range(len(encoded) - len(fitting)):
            # Only a line with many control characters gets this long. The Agent drops it too.
            log.warning('dropped a line of %s that is too long for a request', path)
            self._pipeline.drop('logs')
        self._pipeline.add(*fitting)

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


def _encoded(line: bytes, rest: bytes) -> bytes:
    """A log's JSON; REST is what follows its message."""
    return b'{"message":%b,%b' % (_quoted(line.decode('utf-8', 'replace')).encode(), rest)


def payloads_of(logs: Sequence[bytes]) -> list[Payload]:
    """JSON arrays, as the logs intake expects: a bracket, then a comma or the closing bracket after each log."""
    return [
        gzipped('logs', '/api/v2/logs', b'[' + b','.join(batch) + b']', JSON, {'LogsSent': len(batch)}, _ORIGIN)
        for batch in batches(logs, lambda one: len(one) + 1, _BYTES - 1, _LINES)
    ]

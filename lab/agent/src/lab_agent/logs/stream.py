"""What `stream-logs` shows: the last messages after all processing."""

import threading
from collections import deque
from datetime import UTC, datetime
from typing import Any

from lab_agent.configs import LogConfig
from lab_agent.tags import parse_tags

_KEPT = 500


class Stream:
    """The last messages, numbered."""

    def __init__(self, hostname: str = '') -> None:
        self._hostname = hostname
        self._lines: deque[dict[str, str]] = deque(maxlen=_KEPT)
        self._next = 0
        self._lock = threading.Lock()

    def add(self, config: LogConfig, message: bytes) -> None:
        values = config.values
        kind, service, source = (str(values.get(key) or '') for key in ('type', 'service', 'source'))
        text = (
            f'Integration Name: {config.name} | Type: {kind} | Status: info | Timestamp: {datetime.now(UTC)} | '
            f'Hostname: {self._hostname} | Service: {service} | Source: {source} | '
            f'Tags: {",".join(parse_tags(values.get("tags")))} | Message: {message.decode("utf-8", "replace")}'
        )
        with self._lock:
            self._lines.append({'name': config.name, 'type': kind, 'service': service, 'source': source, 'text': text})
            self._next += 1

    def as_json(self) -> dict[str, Any]:
        """`next` is the number of the message after the last one."""
        with self._lock:
            return {'next': self._next, 'lines': list(self._lines)}

"""The uptime of each running container, read from Docker's API, which podman offers as well."""

import http.client
import json
import os
import re
import socket
import time
from datetime import datetime
from typing import Any

from datadog_checks.base import AgentCheck
from datadog_checks.container.tags import tags_of

SOCKET = '/var/run/docker.sock'
# A socket that systemd listens on starts its service first, which takes seconds on an emulated processor.
TIMEOUT = 60


class _Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__('localhost', timeout=TIMEOUT)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _get(connection: http.client.HTTPConnection, path: str) -> Any:
    connection.request('GET', path)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f'GET {path}: {answer.status} {body.decode(errors="replace").strip()[:200]}')
    return json.loads(body)


def started_at(text: str) -> float:
    """Seconds since the epoch of a time in RFC 3339, which may have nine digits behind the second."""
    found = re.sub(r'(\.\d{6})\d+', r'\1', text).replace('Z', '+00:00')
    return datetime.fromisoformat(found).timestamp()


class ContainerCheck(AgentCheck):
    """Sends `container.uptime` for every running container."""

    def check(self, _instance: dict[str, Any]) -> None:
        connection = _Connection(os.environ.get('DOCKER_HOST', '').removeprefix('unix://') or SOCKET)
        try:
            listed = _get(connection, '/v1.41/containers/json')
            states = [_get(connection, f'/v1.41/containers/{one["Id"]}/json') for one in listed]
        finally:
            connection.close()
        for container in states:
            uptime = max(0.0, time.time() - started_at(container['State']['StartedAt']))
            self.gauge('container.uptime', uptime, tags=tags_of(container))

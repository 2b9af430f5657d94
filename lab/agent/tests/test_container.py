"""The container check, against a fake of Docker's API on a Unix socket."""

import http.server
import json
import socketserver
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from datadog_checks.container import ContainerCheck
from datadog_checks.container.check import started_at
from datadog_checks.container.tags import image_tags, tags_of

CONTAINER: dict[str, Any] = {
    'Id': 'ab' * 32,
    'Name': '/datadog-agent',
    'Image': 'sha256:' + 'cd' * 32,
    'Config': {
        'Image': 'localhost/lab/agent:7.83.0-lab',
        'Labels': {'com.datadoghq.tags.service': 'trial-app', 'other': 'x'},
    },
    'State': {'StartedAt': '2026-11-29T12:00:00.123456789Z'},
}


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self) -> None:
        known = {
            '/v1.41/containers/json': [{'Id': CONTAINER['Id']}],
            f'/v1.41/containers/{CONTAINER["Id"]}/json': CONTAINER,
        }
        body = json.dumps(known.get(self.path)).encode()
        self.send_response(200 if self.path in known else 404)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return

    def address_string(self) -> str:
        return 'unix'


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / 'docker.sock'
    with socketserver.UnixStreamServer(str(path), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv('DOCKER_HOST', f'unix://{path}')
        yield path
        server.shutdown()
        thread.join()


@pytest.mark.usefixtures('docker')
def test_each_container_has_an_uptime_and_its_tags(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, float, list[str]]] = []
    check = ContainerCheck('container', {}, [{}])
    monkeypatch.setattr(check, 'gauge', lambda name, value, tags: sent.append((name, value, tags)))
    check.check({})
    [(name, value, tags)] = sent
    assert name == 'container.uptime'
    assert abs(time.time() - value - started_at(CONTAINER['State']['StartedAt'])) < 60
    assert {
        'container_name:datadog-agent',
        'image_name:localhost/lab/agent',
        'short_image:agent',
        'image_tag:7.83.0-lab',
        'service:trial-app',
    } <= set(tags)


def test_without_a_socket_the_check_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('DOCKER_HOST', f'unix://{tmp_path}/none.sock')
    with pytest.raises(FileNotFoundError):
        ContainerCheck('container', {}, [{}]).check({})


@pytest.mark.parametrize(
    ('image', 'tags'),
    [
        ('agent', ['image_name:agent', 'short_image:agent']),
        ('host:5000/a/b:1.2', ['image_name:host:5000/a/b', 'short_image:b', 'image_tag:1.2']),
        ('host/a@sha256:00', ['image_name:host/a', 'short_image:a']),
        ('', ['image_name:', 'short_image:']),
    ],
)
def test_image_names(image: str, tags: list[str]) -> None:
    assert image_tags(image) == tags


def test_a_container_without_labels() -> None:
    tags = tags_of({**CONTAINER, 'Config': {'Image': 'a', 'Labels': None}})
    assert 'container_name:datadog-agent' in tags
    assert not any(tag.startswith('service:') for tag in tags)

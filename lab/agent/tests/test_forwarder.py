"""What leaves the Agent: nothing, unless a sink on loopback was named."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from lab_agent.forwarder import Forwarder
from lab_agent.settings import Settings

KEY = '0123456789abcdef0123456789abcdef'
SENT = {'metrics': [{'metric': 'a', 'tags': ['x:1']}], 'service_checks': [], 'events': []}


class Sink(BaseHTTPRequestHandler):
    status = 202
    seen: list[tuple[str, str, Any]] = []

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get('Content-Length', 0)))
        Sink.seen.append((self.path, self.headers['DD-API-KEY'], json.loads(body) if body else None))
        self.send_response(Sink.status if self.path != '/api/v1/validate' or Sink.status == 403 else 200)
        self.end_headers()

    do_GET = do_POST = _answer

    def log_message(self, *_args: Any) -> None:
        """Silent."""


@pytest.fixture
def url() -> Iterator[str]:
    Sink.seen, Sink.status = [], 202
    server = ThreadingHTTPServer(('127.0.0.1', 0), Sink)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f'http://127.0.0.1:{server.server_port}'
    server.shutdown()
    server.server_close()


def status_of(forwarder: Forwarder) -> str:
    (word,) = forwarder.as_json()['APIKeyStatus'].values()
    return str(word)


def until(condition: Any) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_without_a_key_it_is_unhealthy_and_sends_nothing(url: str) -> None:
    forwarder = Forwarder(Settings(dd_url=url), 'box')
    forwarder.start()
    forwarder.deliver(SENT)
    assert Sink.seen == []
    assert not forwarder.healthy
    assert status_of(forwarder) == 'API Key invalid'


@pytest.mark.parametrize('key', ['a', KEY.upper(), KEY + '0'])
def test_a_key_of_the_wrong_shape_is_invalid(key: str) -> None:
    assert not Forwarder(Settings(api_key=key), 'box').healthy


def test_series_go_to_a_sink_on_loopback_with_the_host_tags(url: str) -> None:
    forwarder = Forwarder(Settings(api_key=KEY, dd_url=url, tags=['env:trial']), 'box')
    forwarder.deliver(SENT)
    path, key, body = Sink.seen[0]
    assert (path, key) == ('/api/v1/series', KEY)
    assert body['series'][0]['tags'] == ['x:1', 'env:trial']


def test_an_address_that_is_not_loopback_is_never_used() -> None:
    forwarder = Forwarder(Settings(api_key=KEY, dd_url='http://203.0.113.1:1'), 'box')
    forwarder.start()
    forwarder.deliver(SENT)
    assert forwarder.as_json()['Transactions']['Dropped'] == 1
    assert forwarder.healthy
    assert status_of(forwarder) == 'Unable to validate API Key'


def test_it_is_unhealthy_while_the_intake_refuses_the_key(url: str) -> None:
    Sink.status = 403
    forwarder = Forwarder(Settings(api_key=KEY, dd_url=url), 'box')
    forwarder.start()
    until(lambda: not forwarder.healthy)
    assert status_of(forwarder) == 'API Key invalid'


def test_a_valid_key_is_shown_by_its_last_four_characters(url: str) -> None:
    forwarder = Forwarder(Settings(api_key=KEY, dd_url=url), 'box')
    forwarder.start()
    until(lambda: status_of(forwarder) == 'API Key valid')
    assert list(forwarder.as_json()['APIKeyStatus']) == ['API key ending with cdef']

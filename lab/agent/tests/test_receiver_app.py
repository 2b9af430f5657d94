"""Which parts of the test agent the receiver serves, and how much it keeps."""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from lab_agent.receiver.app import make_app, watch
from lab_agent.receiver.figures import Figures
from lab_agent.receiver.kept import Kept

# The test agent causes these itself.
pytestmark = [
    pytest.mark.filterwarnings('ignore:It is recommended to use web'),
    pytest.mark.filterwarnings('ignore:Changing state of started'),
    pytest.mark.filterwarnings('ignore:returning HTTPException'),
]

Client = TestClient[Any, Any]
ELSEWHERE = 'http://203.0.113.1:8126'
PROXY = {'X-Datadog-Proxy-Port': '80', 'X-Datadog-Agent-Proxy-Disabled': 'false', 'Host': '203.0.113.1'}
SETTINGS = [
    {'agent_url': ELSEWHERE},
    {'dd_site': 'datadoghq.com', 'dd_api_key': '0' * 32},
    {'disable_llmobs_data_forwarding': False},
    {'vcr_provider_map': f'elsewhere={ELSEWHERE}'},
]


def asked(app: web.Application, use: Callable[[Client], Awaitable[Any]]) -> Any:
    """The result of USE, called with a client of APP."""

    async def run() -> Any:
        async with TestClient(TestServer(app)) as client:
            return await use(client)

    return asyncio.run(run())


def receiver() -> web.Application:
    app = make_app()
    watch(app, Figures())
    return app


@pytest.fixture
def outgoing(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Records every name lookup and connection attempt, and lets none through."""
    seen: list[str] = []
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def refuse(where: Any) -> None:
        seen.append(str(where))
        raise OSError(f'outgoing connection: {where}')

    def connecting(one: socket.socket, address: Any) -> None:
        if address[0] != '127.0.0.1':
            refuse(address)
        connect(one, address)

    def looking_up(host: Any, *arguments: Any, **options: Any) -> Any:
        if host != '127.0.0.1':
            refuse(host)
        return look_up(host, *arguments, **options)

    monkeypatch.setattr(socket.socket, 'connect', connecting)
    monkeypatch.setattr(socket.socket, 'connect_ex', connecting)
    monkeypatch.setattr(socket, 'getaddrinfo', looking_up)
    yield seen


def routes(app: web.Application) -> list[tuple[str, str]]:
    """All routes that the test agent has, in whatever version."""
    paths = {(one.method, one.resource.canonical) for one in app.router.routes() if one.resource}
    return sorted(
        ('POST' if method == '*' else method, path.replace('{path}', 'openai/v1/models')) for method, path in paths
    )


def test_no_request_makes_the_receiver_talk_to_anybody(outgoing: list[str]) -> None:
    app = receiver()
    known = routes(app)
    assert ('POST', '/vcr/openai/v1/models') in known
    assert ('POST', '/test/settings') in known

    async def all_of_them(client: Client) -> None:
        for settings in SETTINGS:
            await client.post('/test/settings', json=settings)
        for method, path in known:
            await client.request(method, path, data=b'[]', headers={**PROXY, 'DD-API-KEY': '0' * 32})

    asked(app, all_of_them)
    assert outgoing == []


@pytest.mark.parametrize(
    ('method', 'path'),
    [
        ('GET', '/vcr/openai/v1/models'),
        ('POST', '/vcr/test/start'),
        ('POST', '/test/settings'),
        ('GET', '/test/session/snapshot?dir=/tmp'),
        ('GET', '/test/session/clear'),
        ('GET', '/'),
    ],
)
def test_what_a_real_agent_lacks_is_not_there(method: str, path: str) -> None:
    async def status(client: Client) -> int:
        return (await client.request(method, path)).status

    assert asked(receiver(), status) == 404


def test_a_tracer_finds_what_it_asks_for() -> None:
    async def statuses(client: Client) -> list[int]:
        answers = [
            await client.get('/info'),
            await client.post('/v0.7/config', json={}),
            await client.post('/telemetry/proxy/api/v2/apmtelemetry', json={}),
            await client.get('/test/traces'),
        ]
        return [one.status for one in answers]

    assert asked(receiver(), statuses) == [200, 200, 200, 200]


@pytest.mark.parametrize(
    ('method', 'path', 'body'),
    [
        ('POST', '/v0.7/config', b'{}'),
        ('POST', '/telemetry/proxy/api/v2/apmtelemetry', b'{}'),
        ('POST', '/profiling/v1/input', b'profile'),
        ('PUT', '/v0.6/stats', b'\x80'),
        ('PUT', '/v0.4/traces', b'undecodable'),
        ('PUT', '/v0.4/traces', json.dumps([[{'trace_id': 1, 'span_id': 1}]]).encode()),
    ],
)
def test_the_oldest_requests_are_forgotten_whatever_they_were(
    monkeypatch: pytest.MonkeyPatch, method: str, path: str, body: bytes
) -> None:
    monkeypatch.setattr(Kept.__init__, '__defaults__', (3, 1000))
    app = receiver()

    async def send(client: Client) -> list[int]:
        counts = []
        for _ in range(5):
            await client.request(method, path, data=body, headers={'Content-Type': 'application/json'})
            counts.append(len(app['agent']._requests))
        return counts

    assert asked(app, send) == [1, 2, 3, 3, 3]


class Body:
    """A request that has been read."""

    def __init__(self, size: int) -> None:
        self.size = size

    async def read(self) -> bytes:
        return bytes(self.size)


def trimmed(kept: Kept, requests: list[Any], *sizes: int) -> list[int]:
    requests += map(Body, sizes)
    asyncio.run(kept.trim())
    return [one.size for one in requests]


def test_bodies_are_kept_up_to_a_number_of_bytes() -> None:
    requests: list[Any] = []
    kept = Kept(requests, 10, 100)
    assert trimmed(kept, requests, 60, 40) == [60, 40]
    assert trimmed(kept, requests, 1) == [40, 1]
    # Several may have arrived since the last trim, and a single one may be too large.
    assert trimmed(kept, requests, 50, 10) == [1, 50, 10]
    assert trimmed(kept, requests, 101) == []
    assert trimmed(kept, requests, 100) == [100]

"""ddapm-test-agent on the loader's sockets, with figures for `status`."""

import asyncio
import logging
import os
import signal
import time
from typing import Any

from aiohttp import web

from lab_agent import VERSION
from lab_agent.receiver import absent
from lab_agent.receiver.figures import Figures, client_of
from lab_agent.receiver.kept import Kept
from lab_agent.receiver.paths import TRACES, only_served
from lab_agent.receiver.payload import received
from lab_agent.receiver.sockets import Sockets
from lab_agent.receiver.writer import TraceWriter

log = logging.getLogger('lab_agent.receiver')


def make_app() -> web.Application:
    """The test agent's own application: no forwarding, no snapshots, no invariant checks."""
    absent.install()
    os.environ['TEST_AGENT_VERSION'] = VERSION
    # At INFO it logs every chunk of every payload.
    logging.getLogger('ddapm_test_agent').setLevel(logging.WARNING)
    from ddapm_test_agent.agent import make_app as make

    app: web.Application = make(
        enabled_checks=[],
        log_span_fmt='[{name}]',
        snapshot_dir='',
        snapshot_ci_mode=False,
        snapshot_ignored_attrs=[],
        agent_url='',
        trace_request_delay=0.0,
        suppress_trace_parse_errors=False,
        pool_trace_check_failures=False,
        disable_error_responses=False,
        snapshot_removed_attrs=[],
        snapshot_regex_placeholders={},
        vcr_cassettes_directory='',
        vcr_ci_mode=False,
        vcr_provider_map='',
        vcr_ignore_headers='',
        vcr_json_body_normalizers='',
        vcr_body_regex_normalizers='',
        dd_site='',
        dd_api_key='',
        disable_llmobs_data_forwarding=True,
    )
    app.middlewares.insert(0, only_served)
    return app


def _decode(path: str, kind: str, body: bytes) -> list[list[Any]]:
    """The traces of an accepted request, decoded by the test agent."""
    from ddapm_test_agent import trace

    decoders: dict[str, Any] = {
        '/v0.4/traces': trace.decode_v04,
        '/v0.5/traces': trace.decode_v05,
        '/v0.7/traces': trace.decode_v07,
        '/v1.0/traces': trace.decode_v1,
    }
    traces: list[list[Any]] = decoders[path](kind, body, False) if path == '/v0.4/traces' else decoders[path](body)
    return traces


def _hand_over(writer: TraceWriter, request: web.Request, traces: list[list[Any]], body: bytes) -> None:
    """The answer to the tracer doesn't depend on it."""
    try:
        document = None
        if request.path == '/v0.7/traces':
            import msgpack

            document = msgpack.unpackb(body)
        container = request.headers.get('Datadog-Container-ID', '')
        writer.add(received(client_of(request.headers), container, traces, document))
    except Exception:
        log.exception('could not hand over a payload')


def watch(app: web.Application, figures: Figures, writer: TraceWriter | None = None) -> None:
    """Counts every accepted payload and hands it to the writer, and forgets the oldest requests."""
    kept = Kept(app['agent']._requests)

    async def count(request: web.Request) -> None:
        body = await request.read()
        try:
            traces = _decode(request.path, request.content_type, body)
            number, spans = len(traces), sum(len(one) for one in traces)
        except Exception:
            log.exception('could not count a payload')
            traces, number, spans = [], int(request.headers.get('X-Datadog-Trace-Count', 0)), 0
        service = next((str(span.get('service') or '') for one in traces for span in one), '')
        endpoint = request.path.removesuffix('/traces').strip('/')
        figures.add(client_of(request.headers), number, spans, len(body), service, endpoint)
        if writer and traces:
            _hand_over(writer, request, traces, body)

    @web.middleware
    async def counting(request: web.Request, handler: Any) -> web.StreamResponse:
        try:
            answer: web.StreamResponse = await handler(request)
            if request.path in TRACES and answer.status == 200:
                await count(request)
            return answer
        finally:
            # The test agent also keeps rejected requests, and many that aren't traces.
            await kept.trim()

    app.middlewares.insert(0, counting)


def debug_app(figures: Figures, port: int, writer: TraceWriter | None = None) -> web.Application:
    """The receiver's debug port, which the daemon queries for `status`."""
    started = time.monotonic()

    async def variables(_request: web.Request) -> web.Response:
        return web.json_response(
            {
                'pid': os.getpid(),
                'uptime': int(time.monotonic() - started),
                'version': {'Version': VERSION},
                'config': {'Enabled': True, 'ReceiverHost': '127.0.0.1', 'ReceiverPort': port},
                'receiver': figures.receiver(),
                'lab_totals': figures.totals(),
                **({'trace_writer': writer.as_json()} if writer else {}),
            }
        )

    app = web.Application()
    app.add_routes([web.get('/debug/vars', variables)])
    return app


async def _serve(sockets: Sockets, port: int, debug_port: int, writer: TraceWriter | None) -> None:
    figures = Figures()
    app = make_app()
    watch(app, figures, writer)
    runners = [
        web.AppRunner(app, tcp_keepalive=False, access_log=None),
        web.AppRunner(debug_app(figures, port, writer), access_log=None),
    ]
    for runner in runners:
        await runner.setup()
    await web.TCPSite(runners[1], '127.0.0.1', debug_port, reuse_address=True).start()
    for one in (sockets.tcp, sockets.unix):
        await web.SockSite(runners[0], one).start()
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()
    await asyncio.gather(*(runner.cleanup() for runner in runners))


def serve(sockets: Sockets, port: int, debug_port: int, writer: TraceWriter | None = None) -> None:
    """Serves until a signal, then sends what it has received."""
    if writer:
        writer.start()
    asyncio.run(_serve(sockets, port, debug_port, writer))
    if writer:
        writer.stop()
        writer.join()

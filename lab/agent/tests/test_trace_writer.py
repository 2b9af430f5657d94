"""Received traces on their way to the intake."""

import asyncio
import json
from typing import Any

import msgpack
import pytest
from aiohttp.test_utils import TestClient, TestServer

from lab_agent.receiver.app import make_app, watch
from lab_agent.receiver.figures import Figures
from lab_agent.receiver.payload import received, tracer_payload
from lab_agent.receiver.writer import TraceWriter, trace_writer
from lab_agent.sending.address import loopback
from lab_agent.sending.key import Key
from lab_agent.settings import Settings
from schema import decode, entries
from sink import KEY, Sink

# The test agent causes this itself.
pytestmark = pytest.mark.filterwarnings('ignore:It is recommended to use web')

CLIENT = ('python', '3.13.5', 'CPython', '4.16.0')
TRACE_ID = (1 << 64) - 2
SPAN: dict[str, Any] = {
    'service': 'web',
    'name': 'flask.request',
    'resource': 'GET /',
    'trace_id': TRACE_ID,
    'span_id': (1 << 63) + 1,
    'parent_id': 0,
    'start': 1_700_000_000_000_000_000,
    'duration': 12_345,
    'error': 1,
    'type': 'web',
    'meta': {'env': 'trial', 'version': '1.2', 'runtime-id': 'r-1', '_dd.p.dm': '-1', '_dd.origin': 'rum'},
    'metrics': {'_sampling_priority_v1': 2, 'zero': 0},
}
HEADERS = {
    'Datadog-Meta-Lang': 'python',
    'Datadog-Meta-Lang-Version': '3.13.5',
    'Datadog-Meta-Lang-Interpreter': 'CPython',
    'Datadog-Meta-Tracer-Version': '4.16.0',
    'Datadog-Container-ID': 'c-1',
    'X-Datadog-Trace-Count': '1',
}


def writer_of(sink: Sink, **options: Any) -> TraceWriter:
    address = loopback(sink.url)
    assert address
    return TraceWriter(address, Key(KEY), 'box', 'none', gather=0.0, pause=lambda _: 0.0, **options)


def payload(*traces: list[Any], document: Any = None) -> Any:
    return decode('TracerPayload', tracer_payload(received(CLIENT, 'c-1', [*traces], document)))


def test_a_request_becomes_a_payload_with_all_of_its_span() -> None:
    found = payload([SPAN])
    assert (found.languageName, found.languageVersion, found.tracerVersion) == ('python', '3.13.5', '4.16.0')
    assert (found.containerID, found.runtimeID, found.env, found.appVersion) == ('c-1', 'r-1', 'trial', '1.2')
    (chunk,) = found.chunks
    assert (chunk.priority, chunk.origin, entries(chunk.tags)) == (2, 'rum', {'_dd.p.dm': '-1'})
    (span,) = chunk.spans
    assert (span.service, span.name, span.resource, span.type) == ('web', 'flask.request', 'GET /', 'web')
    assert (span.traceID, span.spanID, span.parentID) == (TRACE_ID, (1 << 63) + 1, 0)
    assert (span.start, span.duration, span.error) == (1_700_000_000_000_000_000, 12_345, 1)
    assert entries(span.meta) == SPAN['meta']
    assert entries(span.metrics) == {'_sampling_priority_v1': 2.0, 'zero': 0.0}


def test_a_span_with_the_least_a_tracer_may_say_gets_the_agents_words() -> None:
    found = payload([{'name': 'work', 'trace_id': 1, 'span_id': 2, 'service': None, 'parent_id': None}])
    (span,) = found.chunks[0].spans
    assert (span.service, span.resource, span.parentID) == ('unnamed-service', 'work', 0)
    assert found.chunks[0].priority == -128


def test_the_form_v07_tells_what_stands_beside_the_spans() -> None:
    document = {
        'env': 'own',
        'runtime_id': 'r-7',
        'app_version': '7',
        'hostname': 'there',
        'tags': {'_dd.git': 'x'},
        'chunks': [{'priority': -1, 'origin': 'lambda', 'tags': {'a': 'b'}, 'spans': [SPAN]}],
    }
    found = payload([SPAN], document=document)
    assert (found.env, found.runtimeID, found.appVersion, found.hostname) == ('own', 'r-7', '7', 'there')
    assert entries(found.tags) == {'_dd.git': 'x'}
    (chunk,) = found.chunks
    assert (chunk.priority, chunk.origin, entries(chunk.tags)) == (-1, 'lambda', {'_dd.p.dm': '-1', 'a': 'b'})


def finish(writer: TraceWriter) -> dict[str, Any]:
    writer.stop()
    writer.join()
    return writer.as_json()


def agent_payloads(sink: Sink) -> list[Any]:
    return [decode('AgentPayload', one.body) for one in sink.of('/api/v0.2/traces')]


def test_the_writer_sends_what_the_trace_agent_sends(sink: Sink) -> None:
    writer = writer_of(sink)
    writer.start()
    writer.add(received(CLIENT, '', [[SPAN, {**SPAN, 'span_id': 5}], [SPAN]]))
    (request,) = sink.first('/api/v0.2/traces')
    figures = finish(writer)
    assert request.headers['dd-api-key'] == KEY
    assert request.headers['content-type'] == 'application/x-protobuf'
    assert request.headers['content-encoding'] == 'gzip'
    (found,) = agent_payloads(sink)
    assert (found.hostName, found.env) == ('box', 'none')
    assert found.agentVersion.startswith('7.')
    assert [len(chunk.spans) for chunk in found.tracerPayloads[0].chunks] == [2, 1]
    assert (figures['Payloads'], figures['Traces'], figures['Spans'], figures['Errors']) == (1, 2, 3, 0)
    assert figures['BytesUncompressed'] == len(request.body)
    assert figures['Bytes'] > 0


def test_a_probe_without_traces_is_not_sent(sink: Sink) -> None:
    writer = writer_of(sink)
    writer.start()
    writer.add(received(CLIENT, '', []))
    assert finish(writer)['Payloads'] == 0
    assert sink.seen == []


def test_big_payloads_are_split(sink: Sink) -> None:
    writer = writer_of(sink)
    big = {**SPAN, 'meta': {'text': 'x' * 2_000_000}}
    writer.add(received(CLIENT, '', [[big]]))
    writer.add(received(CLIENT, '', [[big]]))
    writer.start()
    sink.first('/api/v0.2/traces', 2)
    assert finish(writer)['Payloads'] == 2


def test_the_oldest_requests_make_room_when_there_are_too_many_bytes(sink: Sink) -> None:
    writer = writer_of(sink, room=10_000)
    for name in ('a', 'b', 'c'):
        writer.add(received(CLIENT, '', [[{**SPAN, 'resource': name, 'meta': {'text': 'x' * 4000}}]]))
    writer.start()
    sink.first('/api/v0.2/traces')
    figures = finish(writer)
    assert (figures['Dropped'], figures['Traces']) == (1, 2)
    (found,) = agent_payloads(sink)
    assert [one.chunks[0].spans[0].resource for one in found.tracerPayloads] == ['b', 'c']


def test_a_request_that_finds_no_room_at_all_sends_nothing(sink: Sink) -> None:
    writer = writer_of(sink, room=10)
    writer.start()
    writer.add(received(CLIENT, '', [[SPAN]]))
    assert writer._payloads([]) == []
    assert finish(writer)['Dropped'] == 1
    assert sink.seen == []


def test_a_payload_that_cannot_be_encoded_is_dropped_alone(sink: Sink) -> None:
    writer = writer_of(sink)
    writer.add(received(CLIENT, '', [[{**SPAN, 'start': 'soon'}]]))
    writer.add(received(CLIENT, '', [[SPAN]]))
    writer.start()
    sink.first('/api/v0.2/traces')
    figures = finish(writer)
    assert (figures['Dropped'], figures['Traces']) == (1, 1)


def v05(span: dict[str, Any]) -> bytes:
    table = ['']

    def at(text: str) -> int:
        if text not in table:
            table.append(text)
        return table.index(text)

    one = [
        *(at(span[name]) for name in ('service', 'name', 'resource')),
        *(span[name] for name in ('trace_id', 'span_id', 'parent_id', 'start', 'duration', 'error')),
        {at(name): at(value) for name, value in span['meta'].items()},
        {at(name): value for name, value in span['metrics'].items()},
        at(span['type']),
    ]
    return bytes(msgpack.packb([table, [[one]]]))


def v10(span: dict[str, Any]) -> bytes:
    """Keys are numbers; a tag is its name, 1 for a text, and the text."""
    names = ('service', 'name', 'resource', 'span_id', 'parent_id', 'start', 'duration')
    one = {number: span[name] for number, name in enumerate(names, 1)}
    one |= {8: bool(span['error']), 9: [part for tag in span['meta'].items() for part in (tag[0], 1, tag[1])]}
    chunk = {1: 2, 4: [{**one, 10: span['type']}], 6: span['trace_id'].to_bytes(16, 'big')}
    return bytes(msgpack.packb({11: [chunk]}))


BODIES = {
    '/v0.4/traces': ('application/json', json.dumps([[SPAN]]).encode()),
    '/v0.5/traces': ('application/msgpack', v05(SPAN)),
    '/v0.7/traces': (
        'application/msgpack',
        msgpack.packb({'chunks': [{'priority': 2, 'origin': '', 'spans': [SPAN]}]}),
    ),
    '/v1.0/traces': ('application/msgpack', v10(SPAN)),
}


async def put(writer: TraceWriter | None, path: str, kind: str, body: bytes) -> tuple[int, str]:
    app = make_app()
    watch(app, Figures(), writer)
    async with TestClient(TestServer(app)) as client:
        answer = await client.put(path, data=body, headers={**HEADERS, 'Content-Type': kind})
        return answer.status, await answer.text()


@pytest.mark.parametrize('path', BODIES)
def test_what_the_receiver_accepts_is_sent_once_and_the_tracer_is_answered_as_ever(sink: Sink, path: str) -> None:
    writer = writer_of(sink)
    writer.start()
    answer = asyncio.run(put(writer, path, *BODIES[path]))
    finish(writer)
    assert answer == asyncio.run(put(None, path, *BODIES[path]))
    assert answer[0] == 200
    (found,) = agent_payloads(sink)
    (tracer,) = found.tracerPayloads
    assert (tracer.containerID, tracer.languageName, tracer.env) == ('c-1', 'python', 'trial')
    ((span,),) = [chunk.spans for chunk in tracer.chunks]
    assert (span.traceID, span.resource, entries(span.meta)) == (TRACE_ID, 'GET /', SPAN['meta'])


def test_what_the_receiver_refuses_is_not_sent(sink: Sink) -> None:
    writer = writer_of(sink)
    writer.start()
    status, _ = asyncio.run(put(writer, '/v0.4/traces', 'application/json', b'{'))
    finish(writer)
    assert status >= 400
    assert sink.seen == []


@pytest.mark.parametrize(
    ('url', 'key'),
    [('', KEY), ('https://127.0.0.1:1', KEY), ('http://203.0.113.1:1', KEY), ('http://127.0.0.1:1', '')],
)
def test_without_an_address_on_loopback_or_a_key_there_is_no_writer(url: str, key: str) -> None:
    assert trace_writer(Settings(apm_dd_url=url, api_key=key)) is None


def test_the_writer_is_made_of_the_settings() -> None:
    assert trace_writer(Settings(apm_dd_url='http://127.0.0.1:1', api_key=KEY)) is not None
    assert trace_writer(Settings(dd_url='http://127.0.0.1:1', api_key=KEY)) is None

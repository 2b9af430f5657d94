"""AgentPayload: encodes received traces for the intake, by the Agent's published schema."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from lab_agent import VERSION
from lab_agent.receiver.figures import Client
from lab_agent.sending.protobuf import integer, message, number_map, string, text_map

Span = Mapping[str, Any]

# A chunk's priority if the tracer sent none.
_NO_PRIORITY = -128


class Chunk(NamedTuple):
    """Spans of one trace and their chunk's fields, which only v0.7 has outside of the spans."""

    spans: list[Span]
    priority: int | None = None
    origin: str = ''
    tags: Mapping[str, str] = MappingProxyType({})


class Received(NamedTuple):
    """One accepted request. `about` has the fields of the whole payload, which only v0.7 sends."""

    client: Client
    container: str
    chunks: list[Chunk]
    about: Mapping[str, Any] = MappingProxyType({})


def received(client: Client, container: str, traces: list[list[Span]], document: Any = None) -> Received:
    """TRACES are decoded; DOCUMENT is the v0.7 payload, if it has that format."""
    chunks = [Chunk(spans) for spans in traces]
    if not isinstance(document, dict):
        return Received(client, container, chunks)
    beside = document.get('chunks') or []
    if len(beside) == len(chunks):
        chunks = [
            Chunk(one.spans, raw.get('priority'), raw.get('origin') or '', raw.get('tags') or {})
            for one, raw in zip(chunks, beside, strict=True)
        ]
    return Received(client, container, chunks, {name: value for name, value in document.items() if name != 'chunks'})


def _number(value: Any) -> int:
    return int(value or 0)


def _span(span: Span) -> bytes:
    return b''.join(
        (
            string(1, span.get('service') or 'unnamed-service'),
            string(2, span.get('name') or 'unnamed_operation'),
            # Like the Agent, uses the name if the resource is missing.
            string(3, span.get('resource') or span.get('name') or 'unnamed_operation'),
            integer(4, _number(span.get('trace_id'))),
            integer(5, _number(span.get('span_id'))),
            integer(6, _number(span.get('parent_id'))),
            integer(7, _number(span.get('start'))),
            integer(8, _number(span.get('duration'))),
            integer(9, _number(span.get('error'))),
            text_map(10, span.get('meta') or {}),
            number_map(11, span.get('metrics') or {}),
            string(12, span.get('type') or ''),
        )
    )


def _first(chunk: Chunk, part: str, name: str) -> Any:
    """The value of NAME in the first span that has it."""
    return next((span[part][name] for span in chunk.spans if name in (span.get(part) or {})), None)


def _chunk(chunk: Chunk) -> bytes:
    priority = chunk.priority if chunk.priority is not None else _first(chunk, 'metrics', '_sampling_priority_v1')
    maker = _first(chunk, 'meta', '_dd.p.dm')
    tags = {**({'_dd.p.dm': maker} if maker else {}), **chunk.tags}
    return b''.join(
        (
            integer(1, _NO_PRIORITY if priority is None else int(priority)),
            string(2, chunk.origin or _first(chunk, 'meta', '_dd.origin') or ''),
            b''.join(message(3, _span(span)) for span in chunk.spans),
            text_map(4, tags),
        )
    )


def tracer_payload(one: Received) -> bytes:
    """TracerPayload: fields that neither payload nor headers have come from the first span that has them."""
    lang, lang_version, _, tracer = one.client

    def told(name: str, tag: str) -> str:
        if one.about.get(name):
            return str(one.about[name])
        return str(next((found for chunk in one.chunks if (found := _first(chunk, 'meta', tag))), ''))

    return b''.join(
        (
            string(1, one.container or str(one.about.get('container_id') or '')),
            string(2, lang or str(one.about.get('language_name') or '')),
            string(3, lang_version or str(one.about.get('language_version') or '')),
            string(4, tracer or str(one.about.get('tracer_version') or '')),
            string(5, told('runtime_id', 'runtime-id')),
            b''.join(message(6, _chunk(chunk)) for chunk in one.chunks),
            text_map(7, one.about.get('tags') or {}),
            string(8, told('env', 'env')),
            string(9, told('hostname', '_dd.hostname')),
            string(10, told('app_version', 'version')),
        )
    )


def agent_payload(hostname: str, env: str, tracers: list[bytes]) -> bytes:
    """TRACERS are encoded TracerPayloads."""
    return b''.join(
        (
            string(1, hostname),
            string(2, env),
            b''.join(message(5, one) for one in tracers),
            string(7, VERSION),
        )
    )

"""Sends received traces to `apm_config.apm_dd_url`, from the trace Agent's own process."""

import logging
from collections.abc import Callable
from typing import Any, NamedTuple

from lab_agent.receiver.payload import Received, agent_payload, tracer_payload
from lab_agent.sending.address import Address, loopback
from lab_agent.sending.key import Key
from lab_agent.sending.payload import PROTOBUF, Payload, batches, gzipped
from lab_agent.sending.pipeline import Pipeline, doubling
from lab_agent.settings import Settings

log = logging.getLogger('lab_agent.receiver')

_GATHER_SECONDS = 1.0
# Maximum bytes of tracers' payloads in memory, before compression.
_ROOM = 32 << 20
# Maximum size of one payload before compression; the Agent's own limit.
_BYTES = 3_200_000


class _Encoded(NamedTuple):
    """One request, encoded at once, since decoded data takes many times the memory."""

    body: bytes
    traces: int
    spans: int


class TraceWriter:
    """Sends every trace, without sampling."""

    def __init__(
        self,
        address: Address,
        key: Key,
        hostname: str,
        env: str,
        gather: float = _GATHER_SECONDS,
        pause: Callable[[int], float] = doubling,
        room: int = _ROOM,
    ) -> None:
        self._hostname = hostname
        self._env = env
        self._pipeline = Pipeline(
            'trace-writer',
            address,
            key,
            self._payloads,
            gather,
            room=room,
            size=lambda one: len(one.body),
            pause=pause,
        )

    def start(self) -> None:
        self._pipeline.start()

    def stop(self) -> None:
        """Requests the end; `join` waits for it."""
        self._pipeline.close()

    def join(self) -> None:
        self._pipeline.join()

    def add(self, one: Received) -> None:
        """A payload without traces is a tracer's probe."""
        spans = sum(len(chunk.spans) for chunk in one.chunks)
        if not spans:
            return
        try:
            encoded = _Encoded(tracer_payload(one), len(one.chunks), spans)
        except Exception:
            log.exception('could not encode a payload')
            self._pipeline.drop('traces')
        else:
            self._pipeline.add(encoded)

    def _payloads(self, requests: list[_Encoded]) -> list[Payload]:
        return [self._payload(batch) for batch in batches(requests, lambda one: len(one.body), _BYTES)]

    def _payload(self, batch: list[_Encoded]) -> Payload:
        body = agent_payload(self._hostname, self._env, [one.body for one in batch])
        holds = {'Payloads': 1, 'Traces': sum(one.traces for one in batch), 'Spans': sum(one.spans for one in batch)}
        return gzipped('traces', '/api/v0.2/traces', body, PROTOBUF, holds)

    def as_json(self) -> dict[str, Any]:
        """`apmStats.trace_writer`."""
        figures = self._pipeline.figures()
        holds = figures.get('Holds', {})
        return {
            **{name: holds.get(name, 0) for name in ('Payloads', 'Traces', 'Spans')},
            'Bytes': holds.get('EncodedBytesSent', 0),
            'BytesUncompressed': holds.get('BytesSent', 0),
            'Errors': sum(figures.get(kind, {}).get('total', 0) for kind in ('Errors', 'HTTPErrors')),
            'Retries': figures.get('Retried', {}).get('total', 0),
            'Dropped': figures.get('Dropped', {}).get('total', 0),
        }


def trace_writer(settings: Settings) -> TraceWriter | None:
    """None unless `apm_dd_url` is an `http` address of loopback."""
    address, key = loopback(settings.apm_dd_url), Key(settings.api_key)
    if not address or not key.usable:
        return None
    from lab_agent import host_name

    return TraceWriter(address, key, host_name.resolve(settings).name, settings.env or 'none')

"""Sends received traces to `apm_config.apm_dd_url`: the trace Agent's own part, in its own process."""

import logging
from collections.abc import Callable
from typing import Any

from lab_agent.receiver.payload import Received, agent_payload, tracer_payload
from lab_agent.sending.address import Address, loopback
from lab_agent.sending.key import Key
from lab_agent.sending.payload import PROTOBUF, Payload, gzipped
from lab_agent.sending.pipeline import Pipeline, doubling
from lab_agent.settings import Settings

log = logging.getLogger('lab_agent.receiver')

_GATHER_SECONDS = 1.0
# Requests of tracers in memory.
_ROOM = 2000
# Of one payload before compression: the Agent's own limit.
_BYTES = 3_200_000


class TraceWriter:
    """Every trace once; nothing is sampled away."""

    def __init__(
        self,
        address: Address,
        key: Key,
        hostname: str,
        env: str,
        gather: float = _GATHER_SECONDS,
        pause: Callable[[int], float] = doubling,
    ) -> None:
        self._hostname = hostname
        self._env = env
        self._pipeline = Pipeline('trace-writer', address, key, self._payloads, gather, room=_ROOM, pause=pause)

    def start(self) -> None:
        self._pipeline.start()

    def stop(self) -> None:
        """Asks for the end; `join` waits for it."""
        self._pipeline.close()

    def join(self) -> None:
        self._pipeline.join()

    def add(self, one: Received) -> None:
        """A payload without traces is a tracer's probe."""
        if any(chunk.spans for chunk in one.chunks):
            self._pipeline.add(one)

    def _payloads(self, requests: list[Received]) -> list[Payload]:
        made: list[Payload] = []
        tracers: list[bytes] = []
        holds = {'Traces': 0, 'Spans': 0}
        for one in requests:
            try:
                encoded = tracer_payload(one)
            except Exception:
                log.exception('could not encode a payload')
                self._pipeline.drop('traces')
                continue
            if tracers and sum(map(len, tracers)) + len(encoded) > _BYTES:
                made.append(self._payload(tracers, holds))
                tracers, holds = [], {'Traces': 0, 'Spans': 0}
            tracers.append(encoded)
            holds['Traces'] += len(one.chunks)
            holds['Spans'] += sum(len(chunk.spans) for chunk in one.chunks)
        return [*made, self._payload(tracers, holds)] if tracers else made

    def _payload(self, tracers: list[bytes], holds: dict[str, int]) -> Payload:
        body = agent_payload(self._hostname, self._env, tracers)
        return gzipped('traces', '/api/v0.2/traces', body, PROTOBUF, {**holds, 'Payloads': 1})

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

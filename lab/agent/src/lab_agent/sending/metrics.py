"""Payloads for data from checks: series and service checks."""

import math
import time
from collections.abc import Iterator, Sequence
from typing import Any

from lab_agent.sending.payload import PROTOBUF, Payload, as_json, batches, deflated
from lab_agent.sending.protobuf import double, integer, message, string, strings

# MetricPayload.MetricType
_TYPES = {'count': 1, 'rate': 2, 'gauge': 3}
# Few enough to keep a payload far below the intake's limit of 5 MB.
_PER_PAYLOAD = 2000

Entry = dict[str, Any]


def _parts(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    return batches(entries, lambda _: 1, _PER_PAYLOAD)


def encode_series(series: Sequence[Entry]) -> bytes:
    """MetricPayload: `datadog.agentpayload` of the Agent's published schema."""
    return b''.join(message(1, _one(entry)) for entry in series)


def _one(entry: Entry) -> bytes:
    points = b''.join(message(4, double(1, value) + integer(2, at)) for at, value in entry['points'])
    return b''.join(
        (
            message(1, string(1, 'host') + string(2, entry.get('host', ''))),
            string(2, entry['metric']),
            strings(3, entry['tags']),
            points,
            integer(5, _TYPES.get(entry.get('type', ''), 0)),
            string(7, entry.get('source_type_name', '')),
            integer(8, entry.get('interval', 0)),
        )
    )


def series_payloads(series: Sequence[Entry], v2: bool) -> list[Payload]:
    """Skips values that aren't finite, since the API has no format for them."""
    finite = [one for one in series if all(math.isfinite(value) for _, value in one['points'])]
    if v2:
        return [deflated('series_v2', '/api/v2/series', encode_series(part), PROTOBUF) for part in _parts(finite)]
    return [deflated('series_v1', '/api/v1/series', as_json({'series': part})) for part in _parts(finite)]


def check_payloads(checks: Sequence[Entry]) -> list[Payload]:
    return [deflated('check_run_v1', '/api/v1/check_run', as_json(part)) for part in _parts(checks)]


def agent_up(hostname: str) -> Entry:
    """The service check that shows an account that an Agent is alive."""
    return {
        'check': 'datadog.agent.up',
        'host_name': hostname,
        'timestamp': int(time.time()),
        'status': 0,
        'message': '',
        'tags': [],
    }

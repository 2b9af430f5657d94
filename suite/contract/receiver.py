"""Talks to the trace receiver on 127.0.0.1:8126 as a tracer would.

INPUT is {"do": "connect" | "info" | "trace" | "rubbish"}, optionally with "port", "seconds" and the trace's "service".
"""

import http.client
import json
import os
import socket
import time


def pack(value: object) -> bytes:
    """The little of MessagePack that one span takes."""
    if isinstance(value, int):
        return b'\xcf' + value.to_bytes(8, 'big')
    if isinstance(value, str):
        data = value.encode()
        return b'\xd9' + bytes([len(data)]) + data
    if isinstance(value, list):
        return bytes([0x90 + len(value)]) + b''.join(map(pack, value))
    assert isinstance(value, dict)
    return bytes([0x80 + len(value)]) + b''.join(pack(key) + pack(item) for key, item in value.items())


def span() -> dict[str, object]:
    number = int.from_bytes(os.urandom(7), 'big')
    return {
        'trace_id': number,
        'span_id': number + 1,
        'parent_id': 0,
        'name': 'boxhound.contract',
        'service': INPUT.get('service', 'boxhound-contract'),  # noqa: F821
        'resource': 'contract',
        'type': 'custom',
        'start': time.time_ns(),
        'duration': 1000,
        'error': 0,
    }


def ask(method: str, path: str, body: bytes | None = None) -> dict[str, object]:
    headers = {
        'Content-Type': 'application/msgpack',
        'X-Datadog-Trace-Count': '1',
        'Datadog-Meta-Lang': 'boxhound',
        'Datadog-Meta-Lang-Version': '1',
        'Datadog-Meta-Lang-Interpreter': 'contract',
        'Datadog-Meta-Tracer-Version': '1.0.0',
    }
    connection = http.client.HTTPConnection('127.0.0.1', INPUT.get('port', 8126), timeout=INPUT.get('seconds', 60))  # noqa: F821
    connection.request(method, path, body, headers if body is not None else {})
    answer = connection.getresponse()
    return {'status': answer.status, 'body': answer.read().decode('utf-8', 'replace')[:20000]}


def main() -> None:
    what = INPUT['do']  # noqa: F821 - put in front by the suite
    if what == 'connect':
        with socket.create_connection(('127.0.0.1', 8126), timeout=10):
            result: dict[str, object] = {'status': 0, 'body': 'connected'}
    elif what == 'info':
        result = ask('GET', '/info')
    elif what == 'trace':
        result = ask('PUT', '/v0.4/traces', pack([[span()]]))
    else:
        result = ask('PUT', '/v0.4/traces', b'\xc1 this is no MessagePack')
    print(json.dumps(result))


main()

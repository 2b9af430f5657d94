"""guide/agent-contract.md, "Traces and the wire" and the sleeping loader of "datadog-agent status --json" """

import json
import socket
from typing import Any

import pytest

from machine import Machine, poll, status

SPAN = {
    'service': 'zz-contract',
    'name': 'web.request',
    'resource': 'GET /',
    'trace_id': 4242,
    'span_id': 4243,
    'parent_id': 0,
    'start': 1,
    'duration': 1,
    'error': 0,
    'type': 'web',
    'meta': {},
    'metrics': {},
}
HEADERS = {
    'Content-Type': 'application/json',
    'Datadog-Meta-Lang': 'python',
    'Datadog-Meta-Lang-Version': '3.13.5',
    'Datadog-Meta-Lang-Interpreter': 'CPython',
    'Datadog-Meta-Tracer-Version': '4.16.0',
    'X-Datadog-Trace-Count': '1',
}


def test_an_open_port_proves_nothing_and_info_wakes_the_receiver(machine: Machine) -> None:
    if not machine.local:
        pytest.skip('the app of a machine may have woken the receiver before')
    with socket.create_connection(('127.0.0.1', machine.trace_port)):  # type: ignore[attr-defined]
        stats = status(machine)['apmStats']
    assert stats['error']
    assert stats['port'] > 0
    assert '/v0.5/traces' in json.loads(machine.traces('GET', '/info'))['endpoints']
    woken = poll(lambda: status(machine)['apmStats'], lambda seen: 'error' not in seen)
    assert woken['receiver'] == []


def test_a_trace_is_answered_with_rates_and_shows_in_the_receiver(machine: Machine) -> None:
    machine.traces('GET', '/info')
    answer = machine.traces('PUT', '/v0.4/traces', json.dumps([[SPAN]]).encode(), HEADERS)
    assert 'rate_by_service' in json.loads(answer)

    def python(seen: Any) -> list[Any]:
        return [one for one in seen.get('receiver') or [] if one['TracerVersion'] == '4.16.0']

    stats = poll(lambda: status(machine)['apmStats'], python)
    (client,) = [one for one in python(stats) if one['LangVersion'] == '3.13.5'][:1]
    assert (client['Lang'], client['Interpreter']) == ('python', 'CPython')
    assert client['Service'] == 'zz-contract'
    assert client['TracesReceived'] >= 1
    assert client['SpansReceived'] >= 1
    assert client['TracesBytes'] > 0
    assert stats['config']['ReceiverPort'] > 0


def test_received_traces_can_be_read_again(machine: Machine) -> None:
    if not status(machine).get('lab'):
        pytest.skip('only the test receiver of the lab Agent keeps traces')
    machine.traces('PUT', '/v0.4/traces', json.dumps([[SPAN]]).encode(), HEADERS)
    traces = json.loads(machine.traces('GET', '/test/traces'))
    assert any(span['service'] == 'zz-contract' for trace in traces for span in trace)


def test_an_undecodable_payload_is_refused(machine: Machine) -> None:
    answer = machine.traces('PUT', '/v0.4/traces', b'{', HEADERS)
    assert 'rate_by_service' not in answer


def test_without_a_key_the_trace_agent_ends_at_once(machine: Machine) -> None:
    if not machine.local:
        pytest.skip('the key of a machine is left alone')
    config = machine.etc / 'datadog.yaml'  # type: ignore[attr-defined]
    text = config.read_text()
    config.write_text(text.replace('api_key: 0123456789abcdef0123456789abcdef\n', ''))
    try:
        done = machine.agent('trace-agent')
    finally:
        config.write_text(text)
    assert done.code == 255
    assert 'Error: you must specify an API Key' in done.err

"""Both processes of a machine, pointed at a sink with the variables in /etc/datadog-agent/environment."""

import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from schema import decode
from sink import KEY, Sink, running

SOURCES = Path(__file__).resolve().parent.parent
CHECK = """
from datadog_checks.base import AgentCheck
class MyMetric(AgentCheck):
    def check(self, instance):
        self.gauge('my_metric', 800, tags=['from:wire'])
        self.service_check('my.up', AgentCheck.OK)
"""
SPAN = {'service': 'wire', 'name': 'web.request', 'resource': 'GET /', 'trace_id': 42, 'span_id': 43, 'start': 1}
PATIENCE = 60


class Machine:
    """A root folder and the two processes running in it."""

    def __init__(self, root: Path, sink: Sink) -> None:
        self.root, self.sink = root, sink
        self.ports = [_free_port() for _ in range(3)]
        self.log = root / 'app.log'
        self.environment = {
            'PATH': os.environ['PATH'],
            'LAB_AGENT_ROOT': str(root),
            'LAB_AGENT_SITE': str(SOURCES / 'src'),
            'PYTHONDONTWRITEBYTECODE': '1',
            'DD_API_KEY': KEY,
            'DD_HOSTNAME': 'wired',
            'DD_TAGS': 'role:database',
            'DD_LOGS_ENABLED': 'true',
            'DD_DD_URL': sink.url,
            'DD_APM_DD_URL': sink.url,
            'DD_LOGS_CONFIG_LOGS_DD_URL': sink.url.removeprefix('http://'),
            'DD_LOGS_CONFIG_LOGS_NO_SSL': 'true',
            'DD_LOGS_CONFIG_FORCE_USE_HTTP': 'true',
        }
        files = {
            'datadog.yaml': f'cmd_port: {self.ports[0]}\n'
            f'apm_config: {{receiver_port: {self.ports[1]}, debug: {{port: {self.ports[2]}}}}}\n',
            'checks.d/my_metric.py': CHECK,
            'conf.d/my_metric.d/conf.yaml': 'instances: [{min_collection_interval: 1}]\n',
            'conf.d/app.d/conf.yaml': f'logs: [{{type: file, path: "{self.log}", source: app, service: wire}}]\n',
        }
        for name, text in files.items():
            path = root / 'etc/datadog-agent' / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        for folder in ('opt/datadog-agent/run', 'var/log/datadog'):
            (root / folder).mkdir(parents=True)

    def command(self, name: str) -> list[str]:
        return [sys.executable, '-B', str(SOURCES / 'bin/agent'), name]

    def start(self, name: str) -> 'subprocess.Popen[bytes]':
        with (self.root / f'{name}.out').open('wb') as out:
            return subprocess.Popen(self.command(name), env=self.environment, stdout=out, stderr=out)

    def status(self) -> Any:
        done = subprocess.run(
            [*self.command('status'), '--json'], env=self.environment, capture_output=True, timeout=PATIENCE, check=True
        )
        return json.loads(done.stdout[done.stdout.index(b'{') :])

    def put_trace(self) -> str:
        headers = {'Content-Type': 'application/json', 'X-Datadog-Trace-Count': '1', 'Datadog-Meta-Lang': 'python'}
        connection = http.client.HTTPConnection('127.0.0.1', self.ports[1], timeout=PATIENCE)
        try:
            connection.request('PUT', '/v0.4/traces', json.dumps([[SPAN]]), headers)
            return connection.getresponse().read().decode()
        finally:
            connection.close()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        return int(one.getsockname()[1])


def _stop(process: 'subprocess.Popen[bytes]') -> int:
    process.terminate()
    return process.wait(PATIENCE)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with running() as sink:
        yield Machine(tmp_path, sink)


def test_all_that_an_agent_sends_arrives_and_the_key_is_in_no_log(machine: Machine) -> None:
    sink = machine.sink
    with ExitStack() as ends:
        agent = machine.start('run')
        ends.callback(_stop, agent)
        (host,) = sink.first('/intake/')
        (series,) = sink.first('/api/v2/series')
        checks = {one['check'] for request in sink.first('/api/v1/check_run', 2) for one in request.json}
        # A file that exists before the first scan is read from its end.
        while not machine.status()['logsStats']['integrations'][0]['sources'][0]['messages']:
            assert agent.poll() is None
        machine.log.write_bytes(b'a line\n')
        (logs,) = sink.first('/api/v2/logs')

        receiver = machine.start('trace-agent')
        ends.callback(_stop, receiver)
        _until_open(machine.ports[1], receiver)
        answer = machine.put_trace()
        (traces,) = sink.first('/api/v0.2/traces')
        # Counted after the response has been read: the next flush comes later.
        sink.first('/api/v1/check_run', len(sink.of('/api/v1/check_run')) + 2)
        status = machine.status()
        assert _stop(receiver) == 0
        assert _stop(agent) == 0

    assert host.json['host-tags'] == {'system': ['role:database']}
    metric = decode('MetricPayload', series.body).series[0]
    assert (metric.metric, metric.points[0].value, metric.resources[0].name) == ('my_metric', 800, 'wired')
    assert checks == {'my.up', 'datadog.agent.up'}
    assert [(one['message'], one['service'], one['hostname']) for one in logs.json] == [('a line', 'wire', 'wired')]
    payload = decode('AgentPayload', traces.body)
    assert (payload.hostName, payload.tracerPayloads[0].chunks[0].spans[0].traceID) == ('wired', 42)
    assert 'rate_by_service' in json.loads(answer)
    assert {one.headers.get('dd-api-key') for one in sink.seen} == {KEY}

    by_endpoint = status['forwarderStats']['Transactions']['SuccessByEndpoint']
    assert {'series_v2', 'check_run_v1', 'intake'} <= set(by_endpoint)
    assert status['forwarderStats']['APIKeyStatus'] == {'API key ending with cdef': 'API Key valid'}
    assert status['logsStats']['metrics']['LogsSent'] == 1
    assert status['apmStats']['trace_writer']['Errors'] == 0
    written = [path for path in machine.root.rglob('*') if path.is_file()]
    assert any(path.name == 'agent.log' for path in written)
    assert [path for path in written if KEY.encode() in path.read_bytes()] == []


def _until_open(port: int, process: 'subprocess.Popen[bytes]') -> None:
    """Connecting wakes nothing, and the receiver opens its port early during start-up."""
    while process.poll() is None:
        with socket.socket() as one:
            if one.connect_ex(('127.0.0.1', port)) == 0:
                return
    raise AssertionError(f'the receiver ended with {process.returncode}')

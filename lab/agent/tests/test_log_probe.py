"""What the suite does to a log source (suite/box/probes/log_source.py), against an Agent of these sources."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent.parent
PROBE = HERE.parent.parent / 'suite/box/probes/log_source.py'
LINE = [{'line': 'a line, {id}', 'arrives': 'a line, {id}'}]


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as one:
        one.bind(('127.0.0.1', 0))
        return int(one.getsockname()[1])


class Agent:
    """The Agent with some log sources, and the commands that the probe looks for."""

    def __init__(self, root: Path, sources: dict[str, dict[str, Any]]) -> None:
        self.sources = sources
        self.environment = {
            **os.environ,
            'LAB_AGENT_ROOT': str(root),
            'LAB_AGENT_SITE': str(HERE / 'src'),
            'PYTHONDONTWRITEBYTECODE': '1',
        }
        etc = root / 'etc/datadog-agent'
        for folder in (root / 'opt/datadog-agent/run', root / 'var/log/datadog', root / 'bin', etc / 'conf.d'):
            folder.mkdir(parents=True)
        (etc / 'datadog.yaml').write_text(
            f'logs_enabled: true\ncmd_port: {free_port()}\napm_config: {{enabled: false}}\n'
        )
        (etc / 'install_info').write_text('install_method: {tool: x}\n')
        for name, source in sources.items():
            (etc / f'conf.d/{name}.yaml').write_text(json.dumps({'logs': [source]}))
        for name, text in {
            'datadog-agent': f'exec {sys.executable} -B {HERE / "bin/agent"} "$@"',
            'runuser': 'shift 3; exec "$@"',
        }.items():
            (root / 'bin' / name).write_text(f'#!/bin/sh\n{text}\n')
            (root / 'bin' / name).chmod(0o755)
        self.environment['PATH'] = f'{root / "bin"}:{os.environ["PATH"]}'
        self.process = subprocess.Popen(
            ['datadog-agent', 'run'], env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def await_answer(self) -> None:
        for _ in range(120):
            if (
                subprocess.run(
                    ['datadog-agent', 'status', '--json'], env=self.environment, capture_output=True
                ).returncode
                == 0
            ):
                return
        raise AssertionError('the Agent does not answer')

    def probe(self, name: str, trials: list[dict[str, Any]] = LINE, rotate: bool = False) -> dict[str, Any]:
        given = {'integration': name, 'source': self.sources[name], 'trials': trials, 'rotate': rotate}
        script = f'import json\nINPUT = json.loads({json.dumps(json.dumps(given))})\n{PROBE.read_text()}'
        done = subprocess.run(
            [sys.executable, '-c', script], env=self.environment, capture_output=True, text=True, timeout=110
        )
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found


@pytest.fixture(scope='module')
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    folder = tmp_path_factory.mktemp('logs')
    rules = [
        {'type': 'exclude_at_match', 'name': 'a', 'pattern': 'health'},
        {'type': 'mask_sequences', 'name': 'b', 'pattern': r'(card=)\d+', 'replace_placeholder': '${1}[x]'},
    ]
    sources: dict[str, dict[str, Any]] = {
        'web': {'type': 'file', 'path': str(folder / 'web/*.log'), 'log_processing_rules': rules},
        'absent': {'type': 'file', 'path': str(folder / 'absent/*.log')},
        'lines': {'type': 'tcp', 'port': free_port()},
        'packets': {'type': 'udp', 'port': free_port(socket.SOCK_DGRAM)},
    }
    (folder / 'web').mkdir()
    (folder / 'web/a.log').write_text('old\n')
    found = Agent(tmp_path_factory.mktemp('root'), sources)
    try:
        found.await_answer()
        yield found
    finally:
        found.process.terminate()
        found.process.wait(15)


@pytest.mark.skipif(os.geteuid() != 0, reason='the probe writes as the owner of a file, which needs root')
def test_a_file_before_and_after_a_rotation(agent: Agent) -> None:
    trials = [
        {'line': 'GET / {id} card=4111', 'arrives': 'GET / {id} card=[x]'},
        {'line': 'GET /health {id}', 'arrives': None},
    ]
    report = agent.probe('web', trials, rotate=True)
    assert (report['before'], report['after'], report['trouble'], report['stream']) == ([], [], [], '')
    assert report['rotation'].startswith('by renaming')
    file = Path(report['where'])
    assert (file.read_text().startswith('old\n'), [one.name for one in file.parent.iterdir()]) == (True, ['a.log'])


def test_what_a_rule_does_otherwise_than_expected(agent: Agent) -> None:
    trials = [
        {'line': 'a {id}', 'arrives': None},
        {'line': 'card=4111 {id}', 'arrives': 'card=4111 {id}'},
        {'line': 'health {id}', 'arrives': 'health {id}'},
    ]
    report = agent.probe('web', trials)
    assert report['before'] == [
        'arrived, though a rule should drop it: a {id}',
        'arrived as card=[x] {id} instead of card=4111 {id}',
        'did not arrive: health {id}',
    ]


@pytest.mark.parametrize('name', ['lines', 'packets'])
def test_ports(agent: Agent, name: str) -> None:
    report = agent.probe(name)
    assert (report['before'], report['trouble'], report['stream']) == ([], [], '')


def test_a_folder_that_is_not_there_is_told(agent: Agent) -> None:
    assert 'no folder' in agent.probe('absent')['trouble'][0]

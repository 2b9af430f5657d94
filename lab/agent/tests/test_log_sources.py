"""Ports and the journal as log sources, and what `stream-logs` shows of them."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from lab_agent.commands.stream_logs import seconds_of, shown
from lab_agent.configs import LogConfig
from lab_agent.logs import sources
from lab_agent.logs.agent import LogsAgent, stats


def free_port(kind: int) -> int:
    with socket.socket(socket.AF_INET, kind) as one:
        one.bind(('127.0.0.1', 0))
        return int(one.getsockname()[1])


@contextmanager
def running(folder: Path, **values: Any) -> Iterator[LogsAgent]:
    agent = LogsAgent([LogConfig('web', {'source': 's', 'service': 'w', **values}, 'file:x')], folder / 'registry')
    agent.start()
    try:
        yield agent
    finally:
        agent.stop()


def texts(agent: LogsAgent, count: int) -> list[str]:
    for _ in range(100):
        found = [one['text'].partition(' | Message: ')[2] for one in agent.stream.as_json()['lines']]
        if len(found) >= count:
            return found
        time.sleep(0.05)
    return found


def source_of(agent: LogsAgent) -> dict[str, Any]:
    found: dict[str, Any] = stats(agent)['integrations'][0]['sources'][0]
    return found


def test_lines_from_a_tcp_port(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_STREAM)
    with running(tmp_path, type='tcp', port=port) as agent:
        with socket.create_connection(('127.0.0.1', port)) as client:
            client.sendall(b'one\ntwo\n')
        assert texts(agent, 2) == ['one', 'two']
        found = source_of(agent)
    assert (found['status'], found['inputs'], found['info']['Bytes Read']) == ('OK', [f'tcp:{port}'], ['6'])


def test_datagrams_of_a_udp_port(tmp_path: Path) -> None:
    port = free_port(socket.SOCK_DGRAM)
    with running(tmp_path, type='udp', port=port) as agent:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.sendto(b'one\n', ('127.0.0.1', port))
        assert texts(agent, 1) == ['one']


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(('', 0))
        other.listen()
        with running(tmp_path, type='tcp', port=other.getsockname()[1]) as agent:
            assert source_of(agent)['status'].endswith('address already in use')


@pytest.mark.parametrize('values', [{'type': 'tcp'}, {'type': 'docker'}, {'type': 'udp', 'port': 'x'}])
def test_a_source_that_is_refused_is_told(tmp_path: Path, values: dict[str, Any]) -> None:
    with running(tmp_path, **values) as agent:
        assert source_of(agent)['status'].startswith('Error: ')


def test_rules_apply_and_excluded_files_are_not_followed(tmp_path: Path) -> None:
    for name in ('a.log', 'b.log'):
        (tmp_path / name).touch()
    rules = [{'type': 'exclude_at_match', 'name': 'x', 'pattern': 'no'}]
    path, excluded = str(tmp_path / '*.log'), [str(tmp_path / 'b*')]
    with running(tmp_path, type='file', path=path, exclude_paths=excluded, log_processing_rules=rules) as agent:
        for _ in range(100):
            if agent.sources[0].scanned:
                break
            time.sleep(0.05)
        (tmp_path / 'a.log').write_text('no\nyes\n')
        (tmp_path / 'b.log').write_text('other\n')
        assert texts(agent, 1) == ['yes']
        assert source_of(agent)['inputs'] == [str(tmp_path / 'a.log')]


def test_the_journals_entries_that_are_wanted() -> None:
    values = {'include_units': ['a.service', 'b.service'], 'include_matches': ['X=1']}
    assert sources.matches(values) == ['_SYSTEMD_UNIT=a.service', '+', '_SYSTEMD_UNIT=b.service', '+', 'X=1']
    assert sources.matches({}) == []
    assert sources.excluded({'exclude_units': ['a.service']}, {'_SYSTEMD_UNIT': 'a.service'})
    assert not sources.excluded({'exclude_matches': ['X=1']}, {'X': '2'})
    assert sources.message_of({'MESSAGE': 'hi', 'X': '1'}) == b'{"journald": {"X": "1"}, "message": "hi"}'
    assert b'"message": "h\xc3\xbc"' in sources.message_of({'MESSAGE': [104, 195, 188]})


def test_only_messages_since_then_that_pass_the_filters_are_shown() -> None:
    lines = [{'name': name, 'type': 'tcp', 'text': name} for name in ('a', 'b', 'a')]
    answer = {'next': 7, 'lines': lines}
    assert shown(answer, 0, {}) == ['a', 'b', 'a']
    assert shown(answer, 5, {}) == ['b', 'a']
    assert shown(answer, 5, {'name': 'a'}) == ['a']
    assert shown(answer, 7, {}) == []


def test_durations_as_go_writes_them() -> None:
    assert [seconds_of(text) for text in ('10s', '1m30s', '500ms')] == [10, 90, 0.5]

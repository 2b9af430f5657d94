"""Log lines on their way to the intake."""

import threading
from pathlib import Path
from typing import Any

import pytest

from lab_agent.configs import LogConfig
from lab_agent.logs.agent import LogsAgent, stats
from lab_agent.logs.sender import LogSender, log_sender, payloads_of
from lab_agent.sending.address import loopback
from lab_agent.sending.key import Key
from lab_agent.settings import Settings
from sink import KEY, Sink

CONFIG = {'type': 'file', 'source': 'mysql', 'service': 'db', 'tags': ['team:a', 'tier:1']}


def sender_of(sink: Sink, **options: Any) -> LogSender:
    address = loopback(sink.url)
    assert address
    return LogSender(address, Key(KEY), 'box', **{'gather': 0.0, 'pause': lambda _: 0.0, **options})


def agent_of(path: Path, sender: LogSender) -> LogsAgent:
    return LogsAgent([LogConfig('mysql', {**CONFIG, 'path': str(path)}, 'file:x')], path.parent / 'registry', sender)


def finish(agent: LogsAgent) -> Any:
    agent.stop()
    agent.join()
    return stats(agent)['metrics']


def test_new_lines_arrive_as_the_logs_config_describes_them(sink: Sink, tmp_path: Path) -> None:
    path = tmp_path / 'error.log'
    path.write_bytes(b'old\n')
    sender = sender_of(sink)
    agent = agent_of(path, sender)
    agent.scan(agent.sources[0])
    with path.open('ab') as file:
        file.write(b'one\r\n\n  \ncaf\xc3\xa9 \xff\n')
    sender.start()
    agent.scan(agent.sources[0])
    (request,) = sink.first('/api/v2/logs')
    metrics = finish(agent)
    assert request.headers['dd-api-key'] == KEY
    assert request.headers['content-type'] == 'application/json'
    assert request.headers['content-encoding'] == 'gzip'
    first, second = request.json
    assert (first['message'], second['message']) == ('one', 'café \ufffd')
    assert (first['status'], first['hostname'], first['service'], first['ddsource']) == ('info', 'box', 'db', 'mysql')
    assert first['ddtags'] == f'team:a,tier:1,filename:error.log,dirname:{tmp_path}'
    assert first['timestamp'] > 1_600_000_000_000
    assert (metrics['LogsProcessed'], metrics['LogsSent'], metrics['DestinationErrors']) == (4, 2, 0)
    assert metrics['BytesSent'] == len(request.body)


def test_the_status_names_the_endpoint(sink: Sink, tmp_path: Path) -> None:
    agent = agent_of(tmp_path / 'a.log', sender_of(sink))
    (endpoint,) = stats(agent)['endpoints']
    assert endpoint.endswith(f'in HTTP to 127.0.0.1 on port {sink.url.rpartition(":")[2]}')


def test_what_the_intake_refuses_is_counted(sink: Sink, tmp_path: Path) -> None:
    sink.answer = lambda _: 400
    path = tmp_path / 'a.log'
    sender = sender_of(sink)
    agent = agent_of(path, sender)
    sender.start()
    sender.add(agent.sources[0].config, str(path), [b'one'])
    sink.first('/api/v2/logs')
    metrics = finish(agent)
    assert (metrics['LogsSent'], metrics['DestinationErrors'], metrics['Dropped']) == (0, 1, 1)


def test_lines_read_by_the_running_agent_are_sent_when_it_stops(sink: Sink, tmp_path: Path) -> None:
    path = tmp_path / 'a.log'
    read = threading.Event()

    class Told(LogSender):
        def add(self, *arguments: Any) -> None:
            super().add(*arguments)
            if arguments[2]:
                read.set()

    address = loopback(sink.url)
    assert address
    agent = agent_of(path, Told(address, Key(KEY), 'box', gather=3600.0))
    # A file that appears after the first look is read from its start.
    agent.scan(agent.sources[0])
    path.write_bytes(b'last\n')
    agent.start()
    assert read.wait(30)
    finish(agent)
    assert [one['message'] for request in sink.of('/api/v2/logs') for one in request.json] == ['last']


def test_a_file_is_not_read_on_while_there_is_no_room(sink: Sink, tmp_path: Path) -> None:
    path = tmp_path / 'a.log'
    path.write_bytes(b'')
    sender = sender_of(sink, room=1)
    agent = agent_of(path, sender)
    agent.scan(agent.sources[0])
    sender.add(agent.sources[0].config, str(path), [b'first'])
    path.write_bytes(b'second\n')
    agent.scan(agent.sources[0])
    assert agent.processed == 0
    sender.start()
    sink.first('/api/v2/logs')
    agent.scan(agent.sources[0])
    sink.first('/api/v2/logs', 2)
    finish(agent)
    assert [one['message'] for request in sink.seen for one in request.json] == ['first', 'second']


def test_a_batch_has_a_thousand_lines_and_five_megabytes_at_most() -> None:
    assert [one.holds['LogsSent'] for one in payloads_of([{'message': 'a'}] * 2001)] == [1000, 1000, 1]
    assert [one.holds['LogsSent'] for one in payloads_of([{'message': 'a' * 2_000_000}] * 3)] == [2, 1]


def test_a_line_that_is_too_long_is_cut(sink: Sink, tmp_path: Path) -> None:
    sender = sender_of(sink)
    sender.start()
    sender.add(LogConfig('a', CONFIG, 'file:x'), '/a.log', [b'x' * 900_001])
    (request,) = sink.first('/api/v2/logs')
    sender.stop()
    sender.join()
    (one,) = request.json
    assert one['message'] == 'x' * 900_000 + '...TRUNCATED...'


@pytest.mark.parametrize(
    ('url', 'key'),
    [('', KEY), ('https://127.0.0.1:1', KEY), ('http://203.0.113.1:1', KEY), ('http://127.0.0.1:1', '')],
)
def test_without_an_address_on_loopback_or_a_key_there_is_no_sender(url: str, key: str) -> None:
    assert log_sender(Settings(logs_url=url), Key(key), 'box') is None


def test_the_address_of_metrics_is_not_that_of_logs() -> None:
    assert log_sender(Settings(dd_url='http://127.0.0.1:1'), Key(KEY), 'box') is None

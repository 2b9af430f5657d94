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
    assert 'café'.encode() in request.body
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
    # A file that appears after the first scan is read from its start.
    agent.scan(agent.sources[0])
    path.write_bytes(b'last\n')
    agent.start()
    assert read.wait(30)
    finish(agent)
    assert [one['message'] for request in sink.of('/api/v2/logs') for one in request.json] == ['last']


def followed(sink: Sink, folder: Path, room: int) -> tuple[Path, LogSender, LogsAgent]:
    """An empty file that has been scanned once, so that whatever is written to it next is read."""
    path = folder / 'a.log'
    path.write_bytes(b'')
    sender = sender_of(sink, room=room)
    agent = agent_of(path, sender)
    agent.scan(agent.sources[0])
    return path, sender, agent


def test_a_file_is_not_read_on_while_there_is_no_room(sink: Sink, tmp_path: Path) -> None:
    path, sender, agent = followed(sink, tmp_path, room=1)
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


def test_a_long_file_is_read_as_the_sender_takes_it_and_no_line_is_lost(sink: Sink, tmp_path: Path) -> None:
    path, sender, agent = followed(sink, tmp_path, room=50_000)
    lines = [f'line {number}' for number in range(30_000)]
    path.write_bytes('\n'.join(lines).encode() + b'\n')
    agent.scan(agent.sources[0])
    (tailer,) = agent.sources[0].tailers.values()
    assert sender.full
    assert 0 < agent.processed < len(lines)
    assert tailer.offset < path.stat().st_size
    sender.start()
    while agent.processed < len(lines):
        agent.scan(agent.sources[0])
    assert tailer.offset == path.stat().st_size
    metrics = finish(agent)
    assert metrics['Dropped'] == 0
    assert [one['message'] for request in sink.seen for one in request.json] == lines


def test_a_file_that_appears_while_there_is_no_room_is_followed_from_then_on(sink: Sink, tmp_path: Path) -> None:
    path = tmp_path / 'a.log'
    sender = sender_of(sink, room=1)
    agent = agent_of(path, sender)
    sender.add(agent.sources[0].config, str(path), [b'first'])
    path.write_bytes(b'old\n')
    agent.scan(agent.sources[0])
    assert stats(agent)['integrations'][0]['sources'][0]['inputs'] == [str(path)]
    assert agent.processed == 0


def sizes(logs: list[bytes]) -> list[tuple[int, int]]:
    return [(one.holds['LogsSent'], one.holds['BytesSent']) for one in payloads_of(logs)]


def test_a_batch_has_a_thousand_lines_and_five_megabytes_at_most() -> None:
    assert sizes([]) == []
    assert [count for count, _ in sizes([b'{}'] * 2001)] == [1000, 1000, 1]
    # The brackets and the comma count, too.
    assert sizes([b'x' * 2_500_000, b'x' * 2_499_997]) == [(2, 5_000_000)]
    assert sizes([b'x' * 2_500_000, b'x' * 2_499_998]) == [(1, 2_500_002), (1, 2_500_000)]


@pytest.mark.parametrize('character', ['x', '"', 'é', '\U0001f600'])
def test_a_request_stays_below_its_limit_whatever_the_characters_take_in_json(sink: Sink, character: str) -> None:
    sender = sender_of(sink)
    text = character * (900_000 // len(character.encode()))
    sender.add(LogConfig('a', CONFIG, 'file:x'), '/a.log', [text.encode()] * 9)
    sender.start()
    sender.stop()
    sender.join()
    assert [one['message'] for request in sink.seen for one in request.json] == [text] * 9
    assert max(len(request.body) for request in sink.seen) <= 5_000_000


def test_a_line_that_no_request_can_hold_is_dropped_alone(sink: Sink) -> None:
    sender = sender_of(sink)
    sender.add(LogConfig('a', CONFIG, 'file:x'), '/a.log', [b'one', b'\x01' * 900_000, b'two'])
    sender.start()
    (request,) = sink.first('/api/v2/logs')
    sender.stop()
    sender.join()
    assert [one['message'] for one in request.json] == ['one', 'two']
    assert sender.metrics()['Dropped'] == 1


def answering(sink: Sink, status: int, times: int) -> None:
    left = [status] * times
    sink.answer = lambda _: left.pop() if left else 202


@pytest.mark.parametrize('status', [404, 408, 429, 500, 503])
def test_logs_are_sent_until_they_are_taken(sink: Sink, status: int) -> None:
    answering(sink, status, 20)
    sender = sender_of(sink)
    sender.start()
    sender.add(LogConfig('a', CONFIG, 'file:x'), '/a.log', [b'one'])
    sink.first('/api/v2/logs', 21)
    sender.stop()
    sender.join()
    metrics = sender.metrics()
    assert (metrics['LogsSent'], metrics['RetryCount'], metrics['Dropped']) == (1, 20, 0)


@pytest.mark.parametrize('status', [400, 401, 403, 413])
def test_logs_that_the_intake_will_never_take_are_dropped_at_once(sink: Sink, status: int) -> None:
    answering(sink, status, 1)
    sender = sender_of(sink)
    sender.start()
    sender.add(LogConfig('a', CONFIG, 'file:x'), '/a.log', [b'one'])
    sink.first('/api/v2/logs')
    sender.stop()
    sender.join()
    assert (sender.metrics()['Dropped'], len(sink.seen)) == (1, 1)


def test_while_the_intake_is_away_lines_stay_in_their_file(sink: Sink, tmp_path: Path) -> None:
    path = tmp_path / 'a.log'
    path.write_bytes(b'')
    answers = [500]
    sink.answer = lambda _: answers[0]
    sender = sender_of(sink, room=1000, pause=lambda _: 0.01)
    agent = agent_of(path, sender)
    agent.scan(agent.sources[0])
    sender.start()
    for count in range(1, 10_000):
        with path.open('ab') as file:
            file.write(b'%d\n' % count)
        agent.scan(agent.sources[0])
        if agent.processed < count:
            break
    assert agent.processed < count
    # However often it was retried.
    sink.first('/api/v2/logs', 200)
    answers[0] = 202
    while agent.processed < count:
        agent.scan(agent.sources[0])
    assert finish(agent)['Dropped'] == 0
    # The list also has requests that were answered with 500.
    arrived = {int(one['message']) for request in sink.seen for one in request.json}
    assert arrived == set(range(1, count + 1))


@pytest.mark.parametrize(
    ('url', 'key'),
    [('', KEY), ('https://127.0.0.1:1', KEY), ('http://203.0.113.1:1', KEY), ('http://127.0.0.1:1', '')],
)
def test_without_an_address_on_loopback_or_a_key_there_is_no_sender(url: str, key: str) -> None:
    assert log_sender(Settings(logs_url=url), Key(key), 'box') is None


def test_the_address_of_metrics_is_not_that_of_logs() -> None:
    assert log_sender(Settings(dd_url='http://127.0.0.1:1'), Key(KEY), 'box') is None

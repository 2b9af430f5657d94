"""Following a file through the ways in which logs are rotated."""

from pathlib import Path

import pytest

from lab_agent.configs import LogConfig
from lab_agent.logs.agent import LogsAgent, stats
from lab_agent.logs.tailer import Tailer


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / 'app.log'
    path.write_bytes(b'old\n')
    return path


def append(path: Path, data: bytes) -> None:
    with path.open('ab') as file:
        file.write(data)


def follow(log: Path) -> Tailer:
    tailer = Tailer(log)
    tailer.open(from_end=True)
    return tailer


def test_only_what_is_new_is_read(log: Path) -> None:
    tailer = follow(log)
    append(log, b'one\ntwo\n')
    assert tailer.read() == [b'one', b'two']
    assert tailer.read() == []


def test_a_line_is_read_once_it_is_complete(log: Path) -> None:
    tailer = follow(log)
    append(log, b'on')
    assert tailer.read() == []
    append(log, b'e\n')
    assert tailer.read() == [b'one']


def test_rotation_by_renaming_loses_nothing(log: Path) -> None:
    tailer = follow(log)
    append(log, b'before\n')
    log.rename(log.with_suffix('.1'))
    log.write_bytes(b'after\n')
    assert tailer.read() == [b'before', b'after']


def test_a_writer_that_still_holds_the_renamed_file_is_read_until_the_new_one_is_there(log: Path) -> None:
    tailer = follow(log)
    log.rename(log.with_suffix('.1'))
    append(log.with_suffix('.1'), b'late\n')
    assert tailer.read() == [b'late']


def test_rotation_by_copying_and_truncating_starts_again(log: Path) -> None:
    tailer = follow(log)
    log.write_bytes(b'n\n')
    assert tailer.read() == [b'n']


def test_a_truncated_file_that_has_grown_past_its_old_length_is_noticed(log: Path) -> None:
    tailer = follow(log)
    log.write_bytes(b'quite another beginning\n')
    assert tailer.read() == [b'quite another beginning']


def source_of(agent: LogsAgent) -> dict:
    return stats(agent)['integrations'][0]['sources'][0]


def make(tmp_path: Path, path: str, kind: str = 'file') -> LogsAgent:
    values = {'type': kind, 'path': path, 'service': 's', 'source': 'x'}
    return LogsAgent([LogConfig('app', values, 'file:x')], tmp_path / 'registry.json')


def test_a_followed_file_is_an_input(tmp_path: Path, log: Path) -> None:
    agent = make(tmp_path, str(log))
    agent.scan(agent.sources[0])
    found = source_of(agent)
    assert (found['status'], found['inputs'], found['configuration']['Path']) == ('OK', [str(log)], str(log))


def test_a_file_that_cannot_be_read_shows_itself_in_the_messages(tmp_path: Path) -> None:
    agent = make(tmp_path, str(tmp_path / 'absent.log'))
    agent.scan(agent.sources[0])
    found = source_of(agent)
    assert found['inputs'] == []
    assert found['status'].startswith('Error')
    assert 'no such file' in found['messages'][0]


def test_a_file_that_appears_later_is_read_from_its_start(tmp_path: Path) -> None:
    agent = make(tmp_path, str(tmp_path / '*.log'))
    agent.scan(agent.sources[0])
    (tmp_path / 'late.log').write_bytes(b'first\n')
    agent.scan(agent.sources[0])
    assert agent.processed == 1


def test_a_restart_goes_on_where_it_stopped(tmp_path: Path, log: Path) -> None:
    first = make(tmp_path, str(log))
    first.scan(first.sources[0])
    first.stop()
    append(log, b'between\n')
    second = make(tmp_path, str(log))
    second.scan(second.sources[0])
    assert second.processed == 1


def test_another_type_of_source_is_told(tmp_path: Path) -> None:
    agent = make(tmp_path, '', kind='journald')
    agent.scan(agent.sources[0])
    assert 'journald' in source_of(agent)['messages'][0]


def test_without_logs_enabled_nothing_runs() -> None:
    assert stats(None)['is_running'] is False

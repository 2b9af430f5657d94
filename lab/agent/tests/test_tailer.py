"""Following a file through the different kinds of log rotation."""

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


def all_of(tailer: Tailer, limit: int) -> list[list[bytes]]:
    found = []
    while lines := tailer.read(limit):
        found.append(lines)
        tailer.handed_over()
    return found


def test_a_file_is_read_a_chunk_at_a_time_and_its_lines_stay_whole(log: Path) -> None:
    tailer = follow(log)
    lines = [b'line %d' % number for number in range(20)]
    append(log, b''.join(line + b'\n' for line in lines))
    chunks = all_of(tailer, 20)
    assert max(map(len, chunks)) <= 3
    assert [line for chunk in chunks for line in chunk] == lines
    assert tailer.offset == log.stat().st_size


def test_a_line_longer_than_a_chunk_holds_up_nothing(log: Path) -> None:
    tailer = follow(log)
    append(log, b'x' * 100 + b'\nnext\n')
    assert [line for chunk in all_of(tailer, 10) for line in chunk] == [b'x' * 100, b'next']


def test_a_rotated_file_is_read_to_its_end_before_the_new_one(log: Path) -> None:
    tailer = follow(log)
    append(log, b'a1\na2\na3\na4\n')
    log.rename(log.with_suffix('.1'))
    log.write_bytes(b'b1\nb2\n')
    chunks = all_of(tailer, 6)
    assert [line for chunk in chunks for line in chunk] == [b'a1', b'a2', b'a3', b'a4', b'b1', b'b2']
    assert tailer.offset == log.stat().st_size


def test_what_a_writer_adds_while_it_is_rotated_is_read(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tailer = follow(log)
    renamed = Tailer._renamed

    def rotated(self: Tailer) -> bool:
        if not log.with_suffix('.1').exists():
            append(log, b'late\nlater\nlatest\n')
            log.rename(log.with_suffix('.1'))
            log.write_bytes(b'new\n')
        return renamed(self)

    monkeypatch.setattr(Tailer, '_renamed', rotated)
    append(log, b'early\n')
    chunks = all_of(tailer, 12)
    assert [line for chunk in chunks for line in chunk] == [b'early', b'late', b'later', b'latest', b'new']


def test_lines_of_a_rotated_file_are_not_lost_when_its_successor_cannot_be_read(log: Path) -> None:
    tailer = follow(log)
    append(log, b'last\n')
    log.rename(log.with_suffix('.1'))
    log.mkdir()
    assert tailer.read() == [b'last']
    tailer.handed_over()
    assert tailer.offset == 0
    with pytest.raises(IsADirectoryError):
        tailer.read()


def test_only_what_was_handed_over_counts_as_read(log: Path) -> None:
    tailer = follow(log)
    before = tailer.offset
    append(log, b'whole\nhalf')
    assert tailer.read() == [b'whole']
    assert tailer.offset == before
    tailer.handed_over()
    assert tailer.offset == before + len(b'whole\n')


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


def test_a_restart_within_a_line_gives_the_whole_line(tmp_path: Path, log: Path) -> None:
    first = make(tmp_path, str(log))
    first.scan(first.sources[0])
    append(log, b'one\nbegun ')
    first.scan(first.sources[0])
    first.stop()
    append(log, b'and ended\n')
    second = make(tmp_path, str(log))
    second.scan(second.sources[0])
    assert source_of(second)['info']['Bytes Read'] == [str(len(b'begun and ended\n'))]


def test_a_file_that_grows_without_end_lets_the_others_have_their_turn(
    tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = make(tmp_path, str(log))
    agent.scan(agent.sources[0])
    reads = []

    def endless(_tailer: Tailer) -> list[bytes]:
        reads.append(1)
        if len(reads) > 1000:
            raise AssertionError('it goes on and on')
        return [b'line']

    monkeypatch.setattr(Tailer, 'read', endless)
    agent.scan(agent.sources[0])
    assert agent.processed == len(reads)


def test_another_type_of_source_is_told(tmp_path: Path) -> None:
    agent = make(tmp_path, '', kind='docker')
    agent.scan(agent.sources[0])
    assert 'docker' in source_of(agent)['messages'][0]


def test_without_logs_enabled_nothing_runs() -> None:
    assert stats(None)['is_running'] is False

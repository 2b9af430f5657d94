"""The parts of the mysql check that need no server."""

from pathlib import Path

import pytest
from datadog_checks.base import ConfigurationError

from datadog_checks.mysql import config, derived, innodb, process
from datadog_checks.mysql.performance_schema import connection_tags, percentile_95

MARIADB = """
Pending flushes (fsync): 3
174 OS file reads, 5 OS file writes, 7 OS fsyncs
History list length 9
0 read views open inside InnoDB
"""
MYSQL = """
History list length 9
Pending flushes (fsync) log: 2; buffer pool: 3
174 OS file reads, 5 OS file writes, 7 OS fsyncs
Log sequence number          44894
---TRANSACTION 421, not started
1 read views open inside InnoDB
"""


@pytest.mark.parametrize('text', [MARIADB, MYSQL])
def test_the_monitor_is_read_in_both_wordings(text: str) -> None:
    found = {name: value for name, _, value in innodb.parse(text, has_status_values=True)}
    assert found['mysql.innodb.pending_buffer_pool_flushes'] == 3
    assert found['mysql.innodb.os_file_reads'] == 174
    assert found['mysql.innodb.os_file_writes'] == 5
    assert found['mysql.innodb.os_file_fsyncs'] == 7
    assert 'mysql.innodb.read_views' in found
    assert 'mysql.innodb.history_list_length' not in found


def test_what_mysql_has_no_status_values_for_comes_from_the_text() -> None:
    found = {name: (kind, value) for name, kind, value in innodb.parse(MYSQL, has_status_values=False)}
    assert found['mysql.innodb.history_list_length'] == ('gauge', 9)
    assert found['mysql.innodb.lsn_current'] == ('rate', 44894)
    assert found['mysql.innodb.current_transactions'] == ('gauge', 1)


def test_the_buffer_pool_is_computed_from_its_pages() -> None:
    status = {
        'Innodb_page_size': 16384,
        'Innodb_buffer_pool_pages_total': 100,
        'Innodb_buffer_pool_pages_free': 75,
        'Innodb_buffer_pool_pages_dirty': 2,
    }
    found = derived.buffer_pool(status)
    assert found['mysql.innodb.buffer_pool_used'] == 25 * 16384
    assert found['mysql.innodb.buffer_pool_utilization'] == 0.25
    assert found['mysql.innodb.buffer_pool_dirty'] == 2 * 16384
    assert derived.buffer_pool({}) == {}


def test_the_query_cache_needs_a_run_before_for_its_instant_share() -> None:
    status = {'Qcache_hits': 5, 'Qcache_inserts': 3, 'Qcache_not_cached': 2}
    assert derived.query_cache(status, None) == {'mysql.performance.qcache.utilization': 50}
    later = {'Qcache_hits': 8, 'Qcache_inserts': 4, 'Qcache_not_cached': 2}
    assert derived.query_cache(later, status)['mysql.performance.qcache.utilization.instant'] == 75
    assert derived.query_cache({}, None) == {}


def test_the_key_cache_is_computed_from_its_blocks() -> None:
    status = {'Key_blocks_unused': 75, 'Key_blocks_used': 25, 'Key_blocks_not_flushed': 1}
    found = derived.key_cache(status, {'key_cache_block_size': 1024, 'key_buffer_size': 102400})
    assert found['mysql.performance.key_cache_utilization'] == 0.25
    assert found['mysql.myisam.key_buffer_bytes_used'] == 25600


def serve(proc: Path, pid: int, name: str) -> None:
    (proc / str(pid)).mkdir()
    (proc / str(pid) / 'comm').write_text(f'{name}\n')
    stat = f'{pid} ({name}) S ' + ' '.join(str(number) for number in range(4, 30))
    (proc / str(pid) / 'stat').write_text(stat)


def test_processor_time_is_read_from_the_one_server(tmp_path: Path) -> None:
    serve(tmp_path, 10, 'bash')
    serve(tmp_path, 11, 'mariadbd')
    user, kernel = process.cpu_seconds('127.0.0.1', tmp_path) or (0, 0)
    assert (round(user * 100), round(kernel * 100)) == (14, 15)
    assert process.cpu_seconds('db.example.org', tmp_path) is None
    serve(tmp_path, 12, 'mysqld')
    assert process.cpu_seconds('127.0.0.1', tmp_path) is None


def test_the_95th_percentile_is_the_nearest_rank() -> None:
    assert percentile_95(range(1, 101)) == 95
    assert percentile_95([7]) == 7


def test_a_connection_is_tagged_by_what_is_known_of_it() -> None:
    assert connection_tags((3, 'datadog', 'localhost', None, 'executing')) == [
        'processlist_user:datadog',
        'processlist_host:localhost',
        'processlist_state:executing',
    ]


@pytest.mark.parametrize('instance', [{}, {'host': 'h', 'port': '<3306>'}, {'host': 'h', 'port': 0}])
def test_a_wrong_instance_is_refused(instance: dict) -> None:
    with pytest.raises(ConfigurationError):
        config.read(instance)


def test_options_are_switches() -> None:
    found = config.read({'host': 'h', 'username': 'u', 'options': {'extra_innodb_metrics': 'true'}})
    assert found.port == 3306
    assert found.wants('extra_innodb_metrics')
    assert not found.wants('replication')

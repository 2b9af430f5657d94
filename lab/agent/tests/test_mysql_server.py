"""Each row of guide/agent-contract.md, "Databases", on a real MariaDB in a private folder."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymysql
import pytest
import yaml
from datadog_checks.base import ConfigurationError

from datadog_checks.mysql import MySqlCheck, custom_queries
from datadog_checks.mysql.performance_schema import DEPRECATED
from lab_agent import bridge
from mariadb import GRANTS, Server, start

pytestmark = pytest.mark.skipif(shutil.which('mariadbd') is None, reason='mariadb-server is not installed')

PROCESS = {f'mysql.innodb.{name}' for name in ('deadlocks', 'os_file_fsyncs', 'os_file_reads', 'os_file_writes')} | {
    'mysql.innodb.pending_buffer_pool_flushes',
    'mysql.innodb.read_views',
}
PERFORMANCE = {
    'mysql.performance.user_connections',
    'mysql.performance.digest_95th_percentile.avg_us',
    'mysql.performance.query_run_time.avg',
}


@pytest.fixture(scope='module')
def server() -> Iterator[Server]:
    yield from start()


@pytest.fixture(scope='module')
def logging_server() -> Iterator[Server]:
    yield from start('--log-bin', '--server-id=1')


class Seen:
    """What a check has sent in a number of runs."""

    def __init__(self, server: Server, runs: int = 1, **options: Any) -> None:
        bridge.install(bridge.Bridge(hostname='box'))
        switches = ('extra_status_metrics', 'extra_innodb_metrics', 'extra_performance_metrics')
        instance = {
            'custom_queries': options.pop('custom_queries', []),
            'host': '127.0.0.1',
            'port': options.pop('port', server.port),
            'username': 'datadog',
            'password': options.pop('password', 'secret'),
            'options': {**dict.fromkeys(switches, True), **options},
            'tags': ['team:x'],
        }
        check = MySqlCheck('mysql', {}, [instance])
        check.check_id = 'mysql:test'
        self.names: set[str] = set()
        self.kinds: dict[str, str] = {}
        for _ in range(runs):
            self.error = check.run()
            sent = bridge.current.sampler('mysql:test').commit()
            self.names |= {one['metric'] for one in sent['metrics']}
            self.kinds |= {one['metric']: one['type'] for one in sent['metrics']}
            self.checks = {one['check']: one for one in sent['service_checks']}
            told = check.get_warnings()
            # Sent in every run while the option is on.
            self.deprecated = told.count(DEPRECATED)
            self.warnings = [warning for warning in told if warning != DEPRECATED]
            time.sleep(0.01)


@pytest.fixture(scope='module')
def complete(server: Server) -> Seen:
    server.user()
    return Seen(server)


def test_with_all_grants_everything_is_there(server: Server, complete: Seen) -> None:
    assert (complete.error, complete.warnings) == ('', [])
    assert complete.names >= PROCESS - {'mysql.innodb.deadlocks'} - {
        f'mysql.innodb.os_file_{name}' for name in ('fsyncs', 'reads', 'writes')
    }
    assert complete.names >= PERFORMANCE
    up = complete.checks['mysql.can_connect']
    assert up['status'] == 0
    assert {'team:x', f'port:{server.port}'} <= set(up['tags'])


def test_the_deprecated_option_is_told_of_where_it_is_on(server: Server, complete: Seen) -> None:
    assert complete.deprecated == 1
    server.user()
    assert Seen(server, extra_performance_metrics=False).deprecated == 0


def test_rates_and_counts_exist_with_the_second_run(server: Server, complete: Seen) -> None:
    server.user()
    twice = Seen(server, runs=2)
    rates = {'mysql.net.connections', 'mysql.performance.queries', 'mysql.performance.com_select'}
    assert not rates & complete.names
    assert rates <= twice.names
    added = {name for name in twice.names - complete.names if twice.kinds[name] == 'gauge'}
    assert 'mysql.performance.qcache.utilization.instant' in added
    assert twice.kinds['mysql.innodb.deadlocks'] == 'count'
    assert twice.names >= PROCESS


def missing(server: Server, *without: str, **options: Any) -> tuple[set[str], Seen]:
    server.user()
    before = Seen(server, runs=2, **options)
    server.user(*without)
    after = Seen(server, runs=2, **options)
    volatile = {'mysql.innodb.current_transactions', 'mysql.innodb.lock_structs'}
    return before.names - after.names - volatile, after


def test_without_process_six_names_are_missing_and_nothing_tells(server: Server) -> None:
    lost, seen = missing(server, 'process')
    assert lost == PROCESS
    assert (seen.error, seen.warnings, seen.checks['mysql.can_connect']['status']) == ('', [], 0)


def test_without_replication_client_and_without_a_binary_log_nothing_is_missing(server: Server) -> None:
    lost, seen = missing(server, 'client')
    assert (lost, seen.warnings, seen.error) == (set(), [], '')


def test_without_replication_client_the_size_of_the_binary_logs_is_missing(logging_server: Server) -> None:
    lost, seen = missing(logging_server, 'client')
    assert lost == {'mysql.binlog.disk_use'}
    (warning,) = seen.warnings
    assert 'BINARY LOGS (must grant REPLICATION CLIENT)' in warning
    assert '1227' in warning
    assert seen.error == ''


def test_without_the_performance_schema_three_names_are_missing_with_two_warnings(server: Server) -> None:
    lost, seen = missing(server, 'performance')
    assert lost == PERFORMANCE
    assert len(seen.warnings) == 2
    assert all('1142' in warning for warning in seen.warnings)
    assert seen.error == ''


def test_without_slave_monitor_replication_warns(server: Server) -> None:
    lost, seen = missing(server, 'monitor', replication=True)
    assert lost == set()
    (warning,) = seen.warnings
    assert 'replication status (must grant REPLICATION CLIENT)' in warning
    assert seen.checks['mysql.replication.replica_running']['status'] == 1
    assert seen.error == ''


def test_without_any_grant_nine_names_are_missing_with_two_warnings(server: Server) -> None:
    lost, seen = missing(server, *GRANTS)
    assert lost == PROCESS | PERFORMANCE
    assert len(lost) == 9
    assert len(seen.warnings) == 2
    assert (seen.error, seen.checks['mysql.can_connect']['status']) == ('', 0)


def failed(seen: Seen, code: str) -> None:
    assert code in seen.error
    assert seen.names == set()
    up = seen.checks['mysql.can_connect']
    assert (up['status'], up['message']) == (2, '')


def test_a_wrong_password_raises_1045(server: Server) -> None:
    server.user()
    failed(Seen(server, password='wrong'), '1045')


def test_a_wrong_port_raises_2003(server: Server) -> None:
    failed(Seen(server, port=1), '2003')


def test_a_wrong_host_part_raises_1045(server: Server) -> None:
    server.run("DROP USER IF EXISTS datadog@'127.0.0.1'", "CREATE OR REPLACE USER datadog@'192.0.2.1'")
    failed(Seen(server), '1045')
    server.run("DROP USER datadog@'192.0.2.1'")


def test_a_locked_account_raises_4151(server: Server) -> None:
    server.user()
    server.run("ALTER USER datadog@'127.0.0.1' ACCOUNT LOCK")
    failed(Seen(server), '4151')


def test_a_run_holds_one_connection_and_a_sixth_is_refused_with_1226(server: Server) -> None:
    server.user()
    login = {'host': '127.0.0.1', 'port': server.port, 'user': 'datadog', 'password': 'secret'}
    held = [pymysql.connect(**login) for _ in range(4)]
    assert Seen(server).error == ''
    held.append(pymysql.connect(**login))
    failed(Seen(server), '1226')
    for one in held:
        one.close()


def test_a_server_without_digests_warns_that_nothing_was_fetched(server: Server) -> None:
    server.user()
    # Through a connection without a schema, or this statement itself would be the first record of one.
    with pymysql.connect(unix_socket=str(server.socket), user='root') as other, other.cursor() as cursor:
        cursor.execute('TRUNCATE performance_schema.events_statements_summary_by_digest')
    seen = Seen(server)
    assert "Failed to fetch records from the perf schema 'events_statements_summary_by_digest' table." in seen.warnings
    server.run('USE trial', 'SELECT * FROM t')


def queries_of(engine: str) -> list[dict[str, Any]]:
    """The custom queries in a box's instance configuration."""
    template = (
        Path(__file__).parents[3] / f'provision/30-database/{engine}/root/usr/lib/boxhound/templates/mysql.yaml.in.hbs'
    )
    lines = [line for line in template.read_text().splitlines() if '{{' not in line and line.strip() != '[]']
    (instance,) = yaml.safe_load('\n'.join(lines))['instances']
    return list(instance['custom_queries'])


@pytest.mark.parametrize('engine', ['mariadb', 'mysql'])
def test_the_queries_of_a_box_give_what_the_deprecated_option_gave(server: Server, engine: str) -> None:
    server.user()
    names = PERFORMANCE - {'mysql.performance.user_connections'}
    queries = queries_of(engine)
    without = Seen(server, extra_performance_metrics=False)
    assert not names & without.names
    assert 'mysql.performance.user_connections' in without.names
    seen = Seen(server, extra_performance_metrics=False, custom_queries=queries)
    assert names <= seen.names
    assert (seen.error, seen.warnings, seen.deprecated) == ('', [], 0)
    assert {seen.kinds[name] for name in names} == {'gauge'}
    server.user('performance')
    lost = Seen(server, extra_performance_metrics=False, custom_queries=queries)
    assert not PERFORMANCE & lost.names
    assert (lost.error, lost.warnings) == ('', [])


def test_a_custom_query_of_an_unknown_type_is_refused() -> None:
    with pytest.raises(ConfigurationError, match='unknown type `sum`'):
        custom_queries.read([{'query': 'SELECT 1', 'columns': [{'name': 'x', 'type': 'sum'}]}])
    with pytest.raises(ConfigurationError, match='are required'):
        custom_queries.read([{'query': 'SELECT 1'}])

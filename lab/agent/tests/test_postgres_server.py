"""What guide/agent-contract.md, "Databases", says about PostgreSQL, tested on a real one in a private folder."""

import time
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from datadog_checks.base import ConfigurationError

from datadog_checks.postgres import PostgresCheck, config
from datadog_checks.postgres.names import VIEWS, WAL_FILES
from lab_agent import bridge
from postgresql import PROGRAMS, Server, start

needs_server = pytest.mark.skipif(PROGRAMS is None, reason='postgresql is not installed')

WAL = {'postgresql.wal_age', 'postgresql.wal_count', 'postgresql.wal_size'}
GAUGES = {
    f'postgresql.{name}'
    for name in (
        *('connections', 'database_size', 'before_xid_wraparound', 'max_connections', 'percent_usage_connections'),
        *('db.count', 'running', 'uptime', 'wal_receiver.connected', 'control.checkpoint_delay', 'control.timeline_id'),
        *('snapshot.xip_count', 'snapshot.xmax', 'snapshot.xmin'),
    )
}
RATES = {
    f'postgresql.{name}'
    for name in (
        *('commits', 'rollbacks', 'buffer_hit', 'disk_read', 'deadlocks', 'temp_bytes', 'temp_files'),
        *(f'rows_{kind}' for kind in ('inserted', 'updated', 'deleted', 'fetched', 'returned')),
    )
}
COUNTS = {
    *(f'postgresql.archiver.{name}_count' for name in ('archived', 'failed')),
    *(f'postgresql.conflicts.{name}' for name in ('bufferpin', 'deadlock', 'lock', 'snapshot', 'tablespace')),
    *(f'postgresql.sessions.{name}' for name in ('abandoned', 'active_time', 'count', 'fatal', 'killed')),
    *(f'postgresql.wal.{name}' for name in ('buffers_full', 'bytes', 'full_page_images', 'records')),
    *(f'postgresql.bgwriter.{name}' for name in ('buffers_alloc', 'buffers_clean', 'maxwritten_clean')),
    *('postgresql.deadlocks.count', 'postgresql.slru.blks_hit'),
}


@pytest.fixture(scope='module')
def server() -> Iterator[Server]:
    yield from start('-c', 'shared_preload_libraries=pg_stat_statements')


class Seen:
    """What a check has sent in a number of runs."""

    def __init__(self, server: Server, runs: int = 1, **options: Any) -> None:
        bridge.install(bridge.Bridge(hostname='box'))
        login = {'host': '127.0.0.1', 'port': server.port, 'username': 'datadog', 'password': 'secret'}
        check = PostgresCheck('postgres', {}, [{**login, 'tags': ['team:x'], **options}])
        check.check_id = 'postgres:test'
        self.sent: list[dict[str, Any]] = []
        for _ in range(runs):
            self.error = check.run()
            sent = bridge.current.sampler('postgres:test').commit()
            self.sent += sent['metrics']
            self.checks = {one['check']: one for one in sent['service_checks']}
            self.warnings = check.get_warnings()
            time.sleep(0.01)
        self.names = {one['metric'] for one in self.sent}
        self.kinds = {one['metric']: one['type'] for one in self.sent}


@needs_server
def test_with_pg_monitor_everything_is_there(server: Server) -> None:
    server.user()
    seen = Seen(server)
    assert (seen.error, seen.warnings) == ('', [])
    assert seen.names == GAUGES | WAL
    up = seen.checks['postgres.can_connect']
    assert up['status'] == 0
    tags = {tag.partition(':')[0] for tag in up['tags']}
    assert tags >= {'db', 'postgresql_version', 'replication_role', 'server', 'system_identifier'}
    assert {'team:x', f'port:{server.port}', 'db:postgres', 'replication_role:master'} <= set(up['tags'])


@needs_server
def test_values_of_a_database_are_tagged_with_it(server: Server) -> None:
    server.user()
    seen = Seen(server, dbname='trial')
    sizes = [one for one in seen.sent if one['metric'] == 'postgresql.database_size']
    databases = {tag for one in sizes for tag in one['tags'] if tag.startswith('db:')}
    assert databases == {'db:postgres', 'db:trial'}
    assert all(one['points'][0][1] > 1_000_000 for one in sizes)
    assert 'db:trial' in seen.checks['postgres.can_connect']['tags']
    (largest,) = [one for one in seen.sent if one['metric'] == 'postgresql.max_connections']
    assert not any(tag.startswith('db:') for tag in largest['tags'])
    assert largest['points'][0][1] == 100


@needs_server
def test_rates_and_counts_exist_with_the_second_run(server: Server) -> None:
    server.user()
    twice = Seen(server, runs=2)
    assert twice.names >= RATES | COUNTS
    # The Agent sends a rate as a gauge: the difference per second.
    assert {twice.kinds[name] for name in RATES} == {'gauge'}
    assert {twice.kinds[name] for name in COUNTS} == {'count'}
    assert not (RATES | COUNTS) & Seen(server).names


@needs_server
def test_without_pg_monitor_three_names_are_missing_and_nothing_tells(server: Server) -> None:
    server.user()
    before = Seen(server, runs=2)
    server.user(monitor=False)
    after = Seen(server, runs=2)
    assert before.names - after.names == WAL
    assert (after.error, after.warnings, after.checks['postgres.can_connect']['status']) == ('', [], 0)


@needs_server
def test_a_superuser_shows_nowhere(server: Server) -> None:
    server.user()
    before = Seen(server)
    server.user(monitor=False, options='SUPERUSER')
    after = Seen(server)
    assert (after.names, after.error, after.warnings) == (before.names, '', [])


def failed(seen: Seen, message: str) -> None:
    assert message in seen.error
    assert (seen.names, seen.checks) == (set(), {})


@needs_server
def test_a_failed_login_raises_and_sends_no_service_check(server: Server) -> None:
    server.user()
    failed(Seen(server, password='wrong'), 'password authentication failed')
    failed(Seen(server, dbname='absent'), 'does not exist')
    failed(Seen(server, port=1), 'Connection refused')
    server.run('ALTER ROLE datadog NOLOGIN')
    failed(Seen(server), 'not permitted to log in')


@needs_server
def test_a_run_holds_one_connection_and_a_sixth_is_refused(server: Server) -> None:
    server.user()
    login = {'host': '127.0.0.1', 'port': server.port, 'user': 'datadog', 'password': 'secret', 'dbname': 'postgres'}
    held = [psycopg2.connect(**login) for _ in range(3)]
    assert Seen(server, runs=3).error == ''
    # The server ends a session some time after its client has disconnected.
    deadline = time.monotonic() + 30
    while len(held) < 5:
        try:
            held.append(psycopg2.connect(**login))
        except psycopg2.OperationalError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    failed(Seen(server), 'too many connections for role')
    for one in held:
        one.close()


@needs_server
def test_dbm_warns_where_the_extension_is_not_created(server: Server) -> None:
    server.user()
    (warning,) = Seen(server, dbm=True).warnings
    assert "because pg_stat_statements is not created in database 'postgres'" in warning
    server.run('CREATE EXTENSION pg_stat_statements')
    seen = Seen(server, dbm=True)
    assert (seen.error, seen.warnings) == ('', [])
    assert seen.names == (GAUGES | WAL) - {'postgresql.connections'}
    server.run('DROP EXTENSION pg_stat_statements')


def test_no_metric_stands_in_two_views() -> None:
    names = [metric.name for view in (*VIEWS, WAL_FILES) for metric in view.metrics]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    'instance', [{}, {'host': 'h'}, {'host': 'h', 'username': 'u', 'port': '<5432>'}, {'username': 'u'}]
)
def test_a_wrong_instance_is_refused(instance: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        config.read(instance)


def test_an_instance_has_defaults() -> None:
    found = config.read({'host': 'h', 'username': 'u', 'dbm': 'true'})
    assert (found.port, found.dbname, found.dbm) == (5432, 'postgres', True)

"""Which column of which view becomes which metric, and how it is sent.

Columns that the server's version lacks are skipped: PostgreSQL 17 moved checkpoints out of `pg_stat_bgwriter`, 18 moved
writes out of `pg_stat_wal`.
"""

from typing import NamedTuple

GAUGE, RATE, COUNT = 'gauge', 'rate', 'monotonic_count'


class Metric(NamedTuple):
    """One metric: its column, and how it is submitted."""

    name: str
    column: str
    kind: str


class View(NamedTuple):
    """One query, the metrics from its columns, and the columns used as tags (by tag name)."""

    query: str
    metrics: list[Metric]
    tags: dict[str, str]


def _table(kind: str, prefix: str, columns: str) -> list[Metric]:
    """Metrics named after their column, or as given after `=`."""
    found = []
    for entry in columns.split():
        column, _, name = entry.partition('=')
        found.append(Metric(f'postgresql.{prefix}{name or column}', column, kind))
    return found


CONNECTIONS = Metric('postgresql.connections', 'numbackends', GAUGE)

DATABASE = {'db': 'datname'}

DATABASES = View(
    """SELECT stat.*, pg_database_size(base.oid) AS size, 2147483648 - age(base.datfrozenxid) AS xids_left
    FROM pg_stat_database AS stat JOIN pg_database AS base ON base.oid = stat.datid
    WHERE base.datallowconn AND base.datname NOT LIKE 'template%'""",
    [
        CONNECTIONS,
        *_table(GAUGE, '', 'size=database_size xids_left=before_xid_wraparound'),
        *_table(RATE, '', 'xact_commit=commits xact_rollback=rollbacks blks_hit=buffer_hit blks_read=disk_read'),
        *_table(RATE, '', 'deadlocks temp_bytes temp_files'),
        *_table(RATE, 'rows_', 'tup_inserted=inserted tup_updated=updated tup_deleted=deleted tup_fetched=fetched'),
        *_table(RATE, 'rows_', 'tup_returned=returned'),
        *_table(COUNT, '', 'deadlocks=deadlocks.count'),
        *_table(COUNT, 'sessions.', 'sessions=count session_time active_time idle_in_transaction_time'),
        *_table(COUNT, 'sessions.', 'sessions_abandoned=abandoned sessions_fatal=fatal sessions_killed=killed'),
    ],
    DATABASE,
)

SERVER = View(
    """SELECT 1 AS running, current_setting('max_connections')::int AS max_connections,
    (SELECT sum(numbackends) FROM pg_stat_database) / current_setting('max_connections')::float AS share,
    (SELECT count(*) FROM pg_database WHERE datallowconn AND datname NOT LIKE 'template%') AS databases,
    extract(epoch FROM now() - pg_postmaster_start_time()) AS uptime""",
    _table(GAUGE, '', 'running max_connections share=percent_usage_connections databases=db.count uptime'),
    {},
)

# Reading this folder needs pg_monitor.
WAL_FILES = View(
    """SELECT count(*) AS files, sum(size) AS bytes, extract(epoch FROM now() - min(modification)) AS age
    FROM pg_ls_waldir()""",
    _table(GAUGE, '', 'files=wal_count bytes=wal_size age=wal_age'),
    {},
)

VIEWS = [
    DATABASES,
    SERVER,
    View(
        """SELECT timeline_id, extract(epoch FROM now() - checkpoint_time) AS checkpoint_delay
        FROM pg_control_checkpoint()""",
        _table(GAUGE, 'control.', 'timeline_id checkpoint_delay'),
        {},
    ),
    View(
        """SELECT pg_snapshot_xmin(taken)::text AS xmin, pg_snapshot_xmax(taken)::text AS xmax,
        (SELECT count(*) FROM pg_snapshot_xip(taken)) AS xip_count FROM pg_current_snapshot() AS taken""",
        _table(GAUGE, 'snapshot.', 'xmin xmax xip_count'),
        {},
    ),
    View(
        "SELECT coalesce((SELECT max(status) FROM pg_stat_wal_receiver), 'disconnected') AS status, 1 AS connected",
        _table(GAUGE, 'wal_receiver.', 'connected'),
        {'status': 'status'},
    ),
    View('SELECT * FROM pg_stat_archiver', _table(COUNT, 'archiver.', 'archived_count failed_count'), {}),
    View(
        'SELECT * FROM pg_stat_bgwriter',
        [
            *_table(COUNT, 'bgwriter.', 'buffers_alloc buffers_backend buffers_backend_fsync buffers_checkpoint'),
            *_table(COUNT, 'bgwriter.', 'buffers_clean checkpoints_req=checkpoints_requested checkpoints_timed'),
            *_table(COUNT, 'bgwriter.', 'maxwritten_clean checkpoint_sync_time=sync_time'),
            *_table(COUNT, 'bgwriter.', 'checkpoint_write_time=write_time'),
        ],
        {},
    ),
    View(
        "SELECT * FROM pg_stat_database_conflicts WHERE datname NOT LIKE 'template%'",
        [
            *_table(COUNT, 'conflicts.', 'confl_bufferpin=bufferpin confl_deadlock=deadlock confl_lock=lock'),
            *_table(COUNT, 'conflicts.', 'confl_snapshot=snapshot confl_tablespace=tablespace'),
        ],
        DATABASE,
    ),
    View(
        'SELECT * FROM pg_stat_slru',
        _table(COUNT, 'slru.', 'blks_exists blks_hit blks_read blks_written blks_zeroed flushes truncates'),
        {'slru_name': 'name'},
    ),
    View(
        'SELECT * FROM pg_stat_wal',
        [
            *_table(COUNT, 'wal.', 'wal_buffers_full=buffers_full wal_bytes=bytes wal_fpi=full_page_images'),
            *_table(COUNT, 'wal.', 'wal_records=records wal_sync=sync wal_sync_time=sync_time wal_write=write'),
            *_table(COUNT, 'wal.', 'wal_write_time=write_time'),
        ],
        {},
    ),
]

"""Which server value becomes which metric, and how it is sent. Names and types: mysql-metrics.txt.

Each table maps a metric (below `mysql.`) to the name of the server's own status value or variable.
"""

from typing import NamedTuple

GAUGE, RATE, COUNT = 'gauge', 'rate', 'monotonic_count'


class Metric(NamedTuple):
    """One metric: the source of its value, and how it is submitted."""

    name: str
    source: str
    kind: str


def _table(kind: str, prefix: str, sources: str) -> list[Metric]:
    """Metrics named after their source in lower case, or as given after `=`."""
    found = []
    for entry in sources.split():
        source, _, name = entry.partition('=')
        found.append(Metric(f'mysql.{prefix}.{name or source.lower()}', source, kind))
    return found


def _innodb(kind: str, names: str) -> list[Metric]:
    """InnoDB's status values have its name as a prefix."""
    found = []
    for entry in names.split():
        source, _, name = entry.partition('=')
        found.append(Metric(f'mysql.innodb.{name or source}', f'Innodb_{source}', kind))
    return found


STATUS = [
    *_table(RATE, 'net', 'Connections Aborted_clients Aborted_connects'),
    *_table(GAUGE, 'net', 'Max_used_connections=max_connections'),
    *_table(
        GAUGE,
        'performance',
        'Open_files Open_tables Prepared_stmt_count Table_locks_waited Threads_connected Threads_running',
    ),
    *_table(
        RATE,
        'performance',
        'Bytes_received Bytes_sent Com_delete Com_delete_multi Com_insert Com_insert_select Com_load Com_replace '
        'Com_replace_select Com_select Com_update Com_update_multi Created_tmp_disk_tables Created_tmp_files '
        'Created_tmp_tables Queries Questions Slow_queries Table_locks_waited=table_locks_waited.rate',
    ),
]

VARIABLES = [
    *_table(GAUGE, 'net', 'max_connections=max_connections_available'),
    *_table(GAUGE, 'myisam', 'key_buffer_size'),
    *_table(GAUGE, 'performance', 'max_prepared_stmt_count table_open_cache thread_cache_size'),
    *_table(GAUGE, 'performance', 'query_cache_size=qcache_size'),
]

EXTRA_STATUS = [
    *_table(GAUGE, 'binlog', 'Binlog_cache_disk_use=cache_disk_use Binlog_cache_use=cache_use'),
    *_table(
        RATE,
        'myisam',
        'Key_read_requests Key_reads Key_write_requests Key_writes',
    ),
    *_table(
        RATE,
        'performance',
        'Handler_commit Handler_delete Handler_prepare Handler_read_first Handler_read_key Handler_read_next '
        'Handler_read_prev Handler_read_rnd Handler_read_rnd_next Handler_rollback Handler_update Handler_write '
        'Opened_tables Qcache_hits Qcache_inserts Qcache_lowmem_prunes Qcache_not_cached Select_full_join '
        'Select_full_range_join Select_range Select_range_check Select_scan Sort_merge_passes Sort_range Sort_rows '
        'Sort_scan Table_locks_immediate=table_locks_immediate.rate Table_open_cache_hits=table_cache_hits '
        'Table_open_cache_misses=table_cache_misses',
    ),
    *_table(
        GAUGE,
        'performance',
        'Qcache_free_blocks Qcache_free_memory Qcache_queries_in_cache Qcache_total_blocks Table_locks_immediate '
        'Threads_cached',
    ),
    *_table(COUNT, 'performance', 'Threads_created'),
]

INNODB = [
    *_innodb(GAUGE, 'row_lock_current_waits'),
    *_innodb(RATE, 'buffer_pool_read_requests buffer_pool_reads data_reads data_writes row_lock_time row_lock_waits'),
]

EXTRA_INNODB = [
    *_innodb(
        GAUGE,
        'buffer_pool_bytes_data=buffer_pool_data buffer_pool_pages_data buffer_pool_pages_dirty '
        'buffer_pool_pages_free buffer_pool_pages_total buffer_pool_read_ahead_rnd checkpoint_age data_pending_fsyncs '
        'data_pending_reads data_pending_writes history_list_length ibuf_free_list ibuf_segment_size ibuf_size '
        'mem_adaptive_hash mem_dictionary',
    ),
    *_innodb(
        RATE,
        'buffer_pool_pages_flushed buffer_pool_read_ahead buffer_pool_read_ahead_evicted buffer_pool_write_requests '
        'data_fsyncs data_read data_written dblwr_pages_written dblwr_writes ibuf_merged_delete_marks '
        'ibuf_merged_deletes ibuf_merged_inserts ibuf_merges log_waits log_write_requests log_writes lsn_current '
        'lsn_flushed lsn_last_checkpoint os_log_written pages_created pages_read pages_written',
    ),
    *_innodb(COUNT, 'buffer_pool_wait_free'),
]

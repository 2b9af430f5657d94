"""Metrics computed from several server values."""

from collections.abc import Mapping

Values = Mapping[str, float]

# Status values that only these computations need.
SOURCES = ('Innodb_page_size', 'Key_blocks_unused', 'Key_blocks_used', 'Key_blocks_not_flushed')


def _known(values: Values, *names: str) -> bool:
    return all(name in values for name in names)


def buffer_pool(status: Values) -> dict[str, float]:
    """The InnoDB buffer pool in bytes, from its pages."""
    if not _known(status, 'Innodb_page_size', 'Innodb_buffer_pool_pages_total', 'Innodb_buffer_pool_pages_free'):
        return {}
    page = status['Innodb_page_size']
    total = status['Innodb_buffer_pool_pages_total'] * page
    free = status['Innodb_buffer_pool_pages_free'] * page
    found = {
        'mysql.innodb.buffer_pool_total': total,
        'mysql.innodb.buffer_pool_free': free,
        'mysql.innodb.buffer_pool_used': total - free,
    }
    if total:
        found['mysql.innodb.buffer_pool_utilization'] = (total - free) / total
    if 'Innodb_buffer_pool_pages_dirty' in status:
        found['mysql.innodb.buffer_pool_dirty'] = status['Innodb_buffer_pool_pages_dirty'] * page
    return found


def key_cache(status: Values, variables: Values) -> dict[str, float]:
    """The MyISAM key cache, from its blocks."""
    names = ('Key_blocks_unused', 'Key_blocks_used', 'Key_blocks_not_flushed')
    if not _known(status, *names) or not _known(variables, 'key_cache_block_size', 'key_buffer_size'):
        return {}
    block, size = variables['key_cache_block_size'], variables['key_buffer_size']
    found = {
        'mysql.myisam.key_buffer_bytes_unflushed': status['Key_blocks_not_flushed'] * block,
        'mysql.myisam.key_buffer_bytes_used': status['Key_blocks_used'] * block,
    }
    if size:
        found['mysql.performance.key_cache_utilization'] = 1 - status['Key_blocks_unused'] * block / size
    return found


def query_cache(status: Values, before: Values | None) -> dict[str, float]:
    """Share of queries answered from the cache, since the start and since the previous run."""
    names = ('Qcache_hits', 'Qcache_inserts', 'Qcache_not_cached')
    if not _known(status, *names):
        return {}

    def share(hits: float, inserts: float, missed: float) -> float:
        asked = hits + inserts + missed
        return 100 * hits / asked if asked else 0.0

    hits, inserts, missed = (status[name] for name in names)
    found = {'mysql.performance.qcache.utilization': share(hits, inserts, missed)}
    if before is not None and _known(before, *names):
        old_hits, old_inserts, old_missed = (before[name] for name in names)
        now = share(hits - old_hits, inserts - old_inserts, missed - old_missed)
        found['mysql.performance.qcache.utilization.instant'] = now
    return found

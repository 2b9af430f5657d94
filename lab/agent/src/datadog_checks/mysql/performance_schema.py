"""The three metrics that need SELECT on performance_schema."""

import math
from collections.abc import Sequence
from typing import Any

USER_CONNECTIONS = """
SELECT COUNT(*), processlist_user, processlist_host, processlist_db, processlist_state
FROM performance_schema.threads
WHERE processlist_user IS NOT NULL AND processlist_state IS NOT NULL
GROUP BY processlist_user, processlist_host, processlist_db, processlist_state
"""

# Timers count picoseconds.
DIGEST_AVERAGES = """
SELECT avg_timer_wait / 1000000 FROM performance_schema.events_statements_summary_by_digest ORDER BY avg_timer_wait
"""

SCHEMA_AVERAGES = """
SELECT schema_name, SUM(sum_timer_wait) / SUM(count_star) / 1000000
FROM performance_schema.events_statements_summary_by_digest
WHERE schema_name IS NOT NULL AND count_star > 0
GROUP BY schema_name
"""

# The official check warns once per run in the same words; boxes allow this warning by its text.
DEPRECATED = (
    '[Deprecated] The `extra_performance_metrics` option will be removed in a future release. '
    'Utilize the `custom_queries` feature if the functionality is needed.'
)

EMPTY = "Failed to fetch records from the perf schema 'events_statements_summary_by_digest' table."


def percentile_95(sorted_values: Sequence[Any]) -> float:
    """The nearest-rank 95th percentile of values in ascending order."""
    return float(sorted_values[math.ceil(len(sorted_values) * 0.95) - 1])


def connection_tags(row: Sequence[Any]) -> list[str]:
    """Tags for a group of connections: user, host, database and state."""
    names = ('processlist_user', 'processlist_host', 'processlist_db', 'processlist_state')
    return [f'{name}:{value}' for name, value in zip(names, row[1:], strict=True) if value]

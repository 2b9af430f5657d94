"""Metrics available only from `SHOW ENGINE INNODB STATUS` and `INNODB_METRICS`.

Both need PROCESS; without it these metrics are absent.
"""

import re

from datadog_checks.mysql.names import COUNT, GAUGE, RATE

# metric, kind, and a pattern for its number in the text. MariaDB and MySQL word the pending flushes differently.
_PATTERNS = (
    ('os_file_reads', RATE, r'^(\d+) OS file reads'),
    ('os_file_writes', RATE, r'(\d+) OS file writes'),
    ('os_file_fsyncs', RATE, r'(\d+) OS fsyncs'),
    ('pending_buffer_pool_flushes', GAUGE, r'^Pending flushes \(fsync\)(?: log: \d+; buffer pool)?: (\d+)'),
    ('read_views', GAUGE, r'^(\d+) read views open inside InnoDB'),
)

# MariaDB also has these as status values; MySQL has them only in the text.
_TEXT_ONLY = (
    ('history_list_length', GAUGE, r'^History list length (\d+)'),
    ('lsn_current', RATE, r'^Log sequence number\s+(\d+)'),
    ('lsn_flushed', RATE, r'^Log flushed up to\s+(\d+)'),
    ('lsn_last_checkpoint', RATE, r'^Last checkpoint at\s+(\d+)'),
    ('mem_dictionary', GAUGE, r'^Dictionary memory allocated (\d+)'),
)

Found = list[tuple[str, str, float]]


def parse(text: str, has_status_values: bool) -> Found:
    """Names, kinds and values found in the monitor's text."""
    found: Found = []
    for name, kind, pattern in _PATTERNS if has_status_values else (*_PATTERNS, *_TEXT_ONLY):
        match = re.search(pattern, text, re.MULTILINE)
        if match:
            found.append((f'mysql.innodb.{name}', kind, float(match.group(1))))
    transactions = len(re.findall(r'^---TRANSACTION', text, re.MULTILINE))
    if transactions:
        found.append(('mysql.innodb.current_transactions', GAUGE, float(transactions)))
    return found


def deadlocks(count: float) -> Found:
    return [('mysql.innodb.deadlocks', COUNT, count)]

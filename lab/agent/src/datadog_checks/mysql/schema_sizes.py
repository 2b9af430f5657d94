"""`schema_size_metrics`: the size of every schema that the user may see."""

from datadog_checks.base import AgentCheck

from datadog_checks.mysql.connect import pymysql
from datadog_checks.mysql.queries import Server

_SIZES = """
SELECT table_schema, SUM(data_length + index_length) / 1048576
FROM information_schema.tables
GROUP BY table_schema
"""


def collect(check: AgentCheck, server: Server, tags: list[str]) -> None:
    try:
        rows = server.rows(_SIZES)
    except pymysql.Error as error:
        check.warning('Size of schemas is not available: %s', error)
        return
    for schema, size in rows:
        check.gauge('mysql.info.schema.size', float(size or 0), tags=[*tags, f'schema:{schema}'])

"""Custom queries: each column of a row is a tag, or a value under the metric name that the configuration gives."""

from collections.abc import Callable
from typing import Any

from datadog_checks.base import ConfigurationError

from datadog_checks.mysql.connect import pymysql

VALUES = ('gauge', 'rate', 'count', 'monotonic_count')


def read(found: Any) -> list[dict[str, Any]]:
    """The queries of an instance. Raises ConfigurationError for anything that the official check rejects too."""
    if not isinstance(found or [], list):
        raise ConfigurationError('`custom_queries` must be a list')
    for number, one in enumerate(found or [], 1):
        columns = one.get('columns') if isinstance(one, dict) else None
        if not isinstance(columns, list) or not columns or not isinstance(one.get('query'), str):
            raise ConfigurationError(f'custom query #{number}: fields `query` and `columns` are required')
        for column in columns:
            if column and column.get('type') not in (*VALUES, 'tag'):
                raise ConfigurationError(f'custom query #{number}: unknown type `{column.get("type")}`')
    return list(found or [])


def collect(check: Any, rows: Callable[[str], Any], queries: list[dict[str, Any]], tags: list[str]) -> None:
    """A failed query is only logged; its metrics are absent."""
    for number, one in enumerate(queries, 1):
        try:
            found = rows(one['query'])
        except pymysql.Error as error:
            check.log.error('Error querying custom query #%d: %s', number, error)
            continue
        for row in found:
            cells = [(column, value) for column, value in zip(one['columns'], row, strict=True) if column]
            own = [f'{column["name"]}:{value}' for column, value in cells if column['type'] == 'tag']
            for column, value in cells:
                if column['type'] != 'tag':
                    getattr(check, column['type'])(
                        column['name'], float(value), tags=[*tags, *own, *one.get('tags', [])]
                    )

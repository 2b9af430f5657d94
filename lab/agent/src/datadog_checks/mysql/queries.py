"""The check's queries to the server."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from datadog_checks.mysql.names import VARIABLES

# Variables that control the check or that computed metrics need.
OTHER_VARIABLES = ('version', 'log_bin', 'performance_schema', 'key_cache_block_size')


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


class Server:
    """One open connection."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())

    def named_rows(self, query: str) -> list[dict[str, Any]]:
        """The same, with column names."""
        with self._connection.cursor() as cursor:
            cursor.execute(query)
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _show(self, what: str, names: Iterable[str]) -> list[tuple[Any, ...]]:
        """Only those requested, since a server has a thousand and PyMySQL reads each row in Python."""
        listed = ', '.join(f"'{name}'" for name in sorted(set(names)))
        return self.rows(f'SHOW GLOBAL {what} WHERE Variable_name IN ({listed})')

    def status(self, names: Iterable[str]) -> dict[str, float]:
        """Status values by name, without those that the server lacks or that aren't numbers."""
        read = ((name, _number(value)) for name, value in self._show('STATUS', names))
        return {name: value for name, value in read if value is not None}

    @cached_property
    def variables(self) -> dict[str, str]:
        names = (*(metric.source for metric in VARIABLES), *OTHER_VARIABLES)
        return {str(name): str(value) for name, value in self._show('VARIABLES', names)}

    @cached_property
    def number_variables(self) -> dict[str, float]:
        read = ((name, _number(value)) for name, value in self.variables.items())
        return {name: value for name, value in read if value is not None}

    @cached_property
    def flavor(self) -> str:
        return 'mariadb' if 'mariadb' in self.variables.get('version', '').lower() else 'mysql'

"""The server, as far as the check asks it."""

from functools import cached_property
from typing import Any


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
        """The same with the columns' names."""
        with self._connection.cursor() as cursor:
            cursor.execute(query)
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def numbers(self, query: str) -> dict[str, float]:
        """Two columns, name and value; values that are no numbers are left out."""
        read = ((name, _number(value)) for name, value in self.rows(query))
        return {name: value for name, value in read if value is not None}

    @cached_property
    def variables(self) -> dict[str, str]:
        return {str(name): str(value) for name, value in self.rows('SHOW GLOBAL VARIABLES')}

    @cached_property
    def number_variables(self) -> dict[str, float]:
        read = ((name, _number(value)) for name, value in self.variables.items())
        return {name: value for name, value in read if value is not None}

    @cached_property
    def flavor(self) -> str:
        return 'mariadb' if 'mariadb' in self.variables.get('version', '').lower() else 'mysql'

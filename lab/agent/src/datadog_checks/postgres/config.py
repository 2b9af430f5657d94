"""The instance's options, validated when the check is created."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from datadog_checks.base import ConfigurationError, is_affirmative


class PostgresConfig(NamedTuple):
    """The options of one instance."""

    host: str
    port: int
    user: str
    password: str
    dbname: str
    dbm: bool
    tags: Sequence[str]


def read(instance: dict[str, Any]) -> PostgresConfig:
    """Raises ConfigurationError, so that the check is not loaded."""
    for name in ('host', 'username'):
        if not instance.get(name):
            raise ConfigurationError(f'Specify a Postgres {name} to connect to: `{name}` is required.')
    port = instance.get('port', 5432)
    if isinstance(port, bool) or not isinstance(port, int) or not 0 < port < 65536:
        raise ConfigurationError(f'`port` must be a number between 1 and 65535, got {port!r}')
    return PostgresConfig(
        host=str(instance['host']),
        port=port,
        user=str(instance['username']),
        password=str(instance.get('password') or ''),
        dbname=str(instance.get('dbname') or 'postgres'),
        dbm=is_affirmative(instance.get('dbm', False)),
        tags=[str(tag) for tag in instance.get('tags') or []],
    )

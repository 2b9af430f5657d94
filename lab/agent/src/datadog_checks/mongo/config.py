"""The instance's options, validated when the check is created."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from datadog_checks.base import ConfigurationError


class MongoConfig(NamedTuple):
    """The options of one instance."""

    host: str
    port: int
    username: str
    password: str
    database: str
    auth_source: str
    tags: Sequence[str]


def read(instance: dict[str, Any]) -> MongoConfig:
    """Raises ConfigurationError, so that the check is not loaded."""
    hosts = instance.get('hosts')
    if not isinstance(hosts, list) or len(hosts) != 1:
        raise ConfigurationError('`hosts` must be a list of one HOST:PORT: the lab Agent knows no more than one server')
    host, _, port = str(hosts[0]).rpartition(':')
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ConfigurationError(f'`hosts` must hold HOST:PORT, got {hosts[0]!r}')
    if bool(instance.get('username')) != bool(instance.get('password')):
        raise ConfigurationError('`username` and `password` go together')
    database = str(instance.get('database') or 'admin')
    return MongoConfig(
        host=host,
        port=int(port),
        username=str(instance.get('username') or ''),
        password=str(instance.get('password') or ''),
        database=database,
        auth_source=str((instance.get('options') or {}).get('authSource') or database),
        tags=[str(tag) for tag in instance.get('tags') or []],
    )

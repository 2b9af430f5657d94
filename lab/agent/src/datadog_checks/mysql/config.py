"""The instance's options, validated when the check is created."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from datadog_checks.base import ConfigurationError, is_affirmative

from datadog_checks.mysql import custom_queries


class MySqlConfig(NamedTuple):
    """The options of one instance."""

    host: str
    port: int
    sock: str
    user: str
    password: str
    connect_timeout: int
    tags: Sequence[str]
    options: Mapping[str, bool]
    custom_queries: Sequence[dict[str, Any]] = ()

    def wants(self, option: str) -> bool:
        return self.options.get(option, False)


_OPTIONS = (
    'replication',
    'extra_status_metrics',
    'extra_innodb_metrics',
    'extra_performance_metrics',
    'schema_size_metrics',
    'disable_innodb_metrics',
)


def read(instance: dict[str, Any]) -> MySqlConfig:
    """Raises ConfigurationError, so that the check is not loaded."""
    host, sock = str(instance.get('host', '')), str(instance.get('sock', ''))
    if not host and not sock:
        raise ConfigurationError('Minimum configuration not set. Either `host` or `sock` is required.')
    port = instance.get('port', 3306)
    if isinstance(port, bool) or not isinstance(port, int) or not 0 < port < 65536:
        raise ConfigurationError(f'`port` must be a number between 1 and 65535, got {port!r}')
    options = instance.get('options') or {}
    if not isinstance(options, dict):
        raise ConfigurationError('`options` must be a mapping')
    return MySqlConfig(
        host=host,
        port=port,
        sock=sock,
        user=str(instance.get('username') or instance.get('user') or ''),
        password=str(instance.get('password') or instance.get('pass') or ''),
        connect_timeout=int(instance.get('connect_timeout', 10)),
        tags=[str(tag) for tag in instance.get('tags') or []],
        custom_queries=custom_queries.read(instance.get('custom_queries')),
        options={name: is_affirmative(options.get(name, False)) for name in _OPTIONS},
    )

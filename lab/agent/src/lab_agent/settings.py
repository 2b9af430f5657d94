"""datadog.yaml, overridden by the environment."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from lab_agent import yaml_io
from lab_agent.cli import CommandError
from lab_agent.tags import parse_tags

_TRUE = {'1', 't', 'true', 'yes', 'on'}


class SettingsError(CommandError):
    """datadog.yaml can't be read."""


class Settings(NamedTuple):
    """The Agent's settings."""

    api_key: str = ''
    site: str = 'datadoghq.com'
    dd_url: str = ''
    hostname: str = ''
    hostname_file: str = ''
    hostname_fqdn: bool = False
    tags: Sequence[str] = ()
    env: str = ''
    logs_enabled: bool = False
    log_level: str = 'info'
    cmd_port: int = 5001
    apm_enabled: bool = True
    apm_port: int = 8126
    apm_socket: str = '/var/run/datadog/apm.socket'
    apm_debug_port: int = 5012
    apm_dd_url: str = ''
    apm_non_local_traffic: bool = False
    logs_url: str = ''
    use_v2_series: bool = True
    raw: Mapping[str, Any] = MappingProxyType({})
    # What came from the secret store, which nothing may print.
    secrets: frozenset[str] = frozenset()

    @property
    def host_tags(self) -> list[str]:
        """Host tags as the Agent reports them, including `env`."""
        return parse_tags([*self.tags, *([f'env:{self.env}'] if self.env else [])])


def affirmative(value: Any) -> bool:
    return value if isinstance(value, bool) else str(value).strip().lower() in _TRUE


def _document(path: Path) -> dict[str, Any]:
    try:
        loaded = yaml_io.load_file(path)
    except FileNotFoundError:
        return {}
    except Exception as error:
        raise SettingsError(f'unable to load Datadog config file {path}: {error}') from error
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise SettingsError(f'unable to load Datadog config file {path}: expected a mapping')
    return loaded


def _resolved(raw: dict[str, Any], env: Mapping[str, str], connector: Path) -> tuple[dict[str, Any], frozenset[str]]:
    """The document with its handles resolved; what the environment overrides isn't asked for."""
    from lab_agent import secrets

    wanted = secrets.handles({name: value for name, value in raw.items() if not env.get(f'DD_{name.upper()}')})
    try:
        known = secrets.fetch(wanted, raw, connector)
    except secrets.SecretError as error:
        raise SettingsError(f'unable to decrypt secret from datadog.yaml: {error}') from error
    return secrets.replaced(raw, known), frozenset(known.values())


def load_settings(path: Path, environment: Mapping[str, str] | None = None, connector: Path | None = None) -> Settings:
    """Reads `path` (empty if missing); as in the Agent, `DD_*` variables override it.

    Handles of secrets are resolved only with `connector`, the path of the package's own resolver: commands that just
    talk to the running Agent don't need them.
    """
    env = os.environ if environment is None else environment
    try:
        raw, known = _document(path), frozenset[str]()
        if connector is not None and 'ENC[' in str(raw):
            raw, known = _resolved(raw, env, connector)
        return _settings(raw, env)._replace(secrets=known)
    except (ValueError, TypeError, AttributeError) as error:
        raise SettingsError(f'unable to load Datadog config file {path}: {error}') from error


def _logs_url(raw: dict[str, Any], env: Mapping[str, str]) -> str:
    """`logs_dd_url` is a full URL, or host and port with the scheme determined by `logs_no_ssl`."""
    logs = raw.get('logs_config') or {}

    def pick(name: str) -> Any:
        return env.get(f'DD_LOGS_CONFIG_{name.upper()}') or logs.get(name) or ''

    place = str(pick('logs_dd_url')).strip()
    if not place or '://' in place:
        return place
    return f'{"http" if affirmative(pick("logs_no_ssl")) else "https"}://{place}'


def _use_v2_series(raw: dict[str, Any], env: Mapping[str, str]) -> bool:
    found = env.get('DD_USE_V2_API_SERIES') or (raw.get('use_v2_api') or {}).get('series')
    return True if found is None else affirmative(found)


def _settings(raw: dict[str, Any], env: Mapping[str, str]) -> Settings:
    apm = raw.get('apm_config') or {}

    def pick(name: str, default: Any) -> Any:
        value = env.get(f'DD_{name.upper()}')
        if value:
            return value
        found = raw.get(name)
        return default if found is None else found

    def pick_apm(name: str, default: Any) -> Any:
        found = env.get(f'DD_APM_{name.upper()}') or apm.get(name)
        return default if found is None else found

    return Settings(
        api_key=str(pick('api_key', '')).strip(),
        site=str(pick('site', 'datadoghq.com')),
        dd_url=str(pick('dd_url', '')),
        hostname=str(pick('hostname', '')),
        hostname_file=str(pick('hostname_file', '')),
        hostname_fqdn=affirmative(pick('hostname_fqdn', False)),
        tags=parse_tags(pick('tags', [])),
        env=str(pick('env', '')),
        logs_enabled=affirmative(pick('logs_enabled', False)),
        log_level=str(pick('log_level', 'info')),
        cmd_port=int(pick('cmd_port', 5001)),
        apm_enabled=affirmative(pick_apm('enabled', True)),
        apm_port=int(pick_apm('receiver_port', 8126)),
        apm_socket=str(pick_apm('receiver_socket', '/var/run/datadog/apm.socket')),
        apm_debug_port=int((apm.get('debug') or {}).get('port', 5012)),
        apm_dd_url=str(env.get('DD_APM_DD_URL') or apm.get('apm_dd_url') or ''),
        apm_non_local_traffic=affirmative(
            env.get('DD_APM_NON_LOCAL_TRAFFIC') or apm.get('apm_non_local_traffic') or False
        ),
        logs_url=_logs_url(raw, env),
        use_v2_series=_use_v2_series(raw, env),
        raw=raw,
    )


def resolver(settings: Settings, connector: Path) -> Callable[[Any], Any]:
    """Resolves the handles of a file in conf.d, as `load_settings` does those of datadog.yaml; raises if it can't."""

    def resolve(document: Any) -> Any:
        if 'ENC[' not in str(document):
            return document
        from lab_agent import secrets

        return secrets.replaced(document, secrets.fetch(secrets.handles(document), settings.raw, connector))

    return resolve

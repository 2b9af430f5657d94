"""All settings of a running Agent, as `datadog-agent config` prints them."""

import os
from collections.abc import Mapping
from typing import Any

from lab_agent.scrub import key_ending, scrub_value
from lab_agent.settings import Settings

# Those of the lab Agent's settings that have the name that they have in datadog.yaml.
_SAME = (
    'api_key',
    'site',
    'dd_url',
    'hostname',
    'hostname_file',
    'hostname_fqdn',
    'env',
    'logs_enabled',
    'log_level',
    'cmd_port',
)


def _lowered(value: Any) -> Any:
    """The Agent keeps all settings by lower-case names."""
    if isinstance(value, dict):
        return {str(name).lower(): _lowered(item) for name, item in value.items()}
    return [_lowered(item) for item in value] if isinstance(value, list) else value


def _hidden(value: Any, secrets: frozenset[str]) -> Any:
    """The same without what came from the secret store."""
    if isinstance(value, dict):
        return {name: _hidden(item, secrets) for name, item in value.items()}
    if isinstance(value, list):
        return [_hidden(item, secrets) for item in value]
    return '********' if isinstance(value, str) and value in secrets else value


def effective(settings: Settings, environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The file's settings with those that the environment overrides, and defaults; secrets are scrubbed."""
    variables = os.environ if environment is None else environment
    values = _lowered(_hidden(dict(settings.raw), settings.secrets))
    for name in list(values):
        given = variables.get(f'DD_{name.upper()}')
        if given and not isinstance(values[name], dict):
            values[name] = given
    values |= {name: getattr(settings, name) for name in _SAME}
    values['tags'] = list(settings.tags)
    if settings.api_key:
        values['api_key'] = key_ending(settings.api_key)
    scrubbed: dict[str, Any] = scrub_value(values)
    return scrubbed

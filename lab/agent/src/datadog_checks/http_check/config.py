"""The instance's options, validated when the check is created."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from datadog_checks.base import ConfigurationError

_USUAL = r'(1|2|3)\d\d'


class HttpConfig(NamedTuple):
    """The options of one instance."""

    name: str
    url: str
    method: str
    timeout: float
    status: re.Pattern[str]
    content: re.Pattern[str] | None
    reverse: bool
    response_time: bool
    headers: Mapping[str, str]
    tags: Sequence[str]


def _pattern(instance: dict[str, Any], key: str, default: str) -> re.Pattern[str]:
    try:
        return re.compile(str(instance.get(key) or default))
    except re.error as error:
        raise ConfigurationError(f'`{key}` is not a regular expression: {error}') from error


def read(instance: dict[str, Any]) -> HttpConfig:
    """Raises ConfigurationError, so that the check is not loaded."""
    for key in ('name', 'url'):
        if not isinstance(instance.get(key), str) or not instance[key]:
            raise ConfigurationError(f'field "{key}" is required in the http_check instance')
    url = urlsplit(instance['url'])
    if url.scheme not in ('http', 'https') or not url.hostname:
        raise ConfigurationError(f'`url` must be an http or https address, got {instance["url"]!r}')
    has_content = bool(instance.get('content_match'))
    return HttpConfig(
        name=instance['name'],
        url=instance['url'],
        method=str(instance.get('method') or 'GET').upper(),
        timeout=float(instance.get('timeout') or 10),
        status=_pattern(instance, 'http_response_status_code', _USUAL),
        content=_pattern(instance, 'content_match', '') if has_content else None,
        reverse=bool(instance.get('reverse_content_match', False)),
        response_time=bool(instance.get('collect_response_time', True)),
        headers={str(name): str(value) for name, value in (instance.get('headers') or {}).items()},
        tags=[str(tag) for tag in instance.get('tags') or []],
    )

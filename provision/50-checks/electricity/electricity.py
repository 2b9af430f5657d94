"""Electricity production by type, read from an HTTP source that answers XML.

The answer, of this project's own design:

    <electricity unit="MW" area="lab" time="2026-11-20T10:00:00Z">
      <production type="nuclear">41250</production>
      <production type="pumped_storage">-310.5</production>
    </electricity>

UTF-8, no DOCTYPE, unit MW, each type once (lower case, digits, underscores), each value a finite number.
One wrong row refuses the whole answer: half a picture would read as a drop in production.
"""

import math
import re
import time
import xml.etree.ElementTree as ElementTree
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

import requests
from datadog_checks.base import AgentCheck, ConfigurationError
from datadog_checks.base.utils.http import STANDARD_FIELDS

__version__ = '1.0.0'

LARGEST_ANSWER = 1024 * 1024
UNIT = 'MW'
TYPE = re.compile(r'[a-z][a-z0-9_]*')
# What the Agent, the base class and the base's HTTP client read from an instance.
COMMON = {
    'disable_generic_tags',
    'empty_default_hostname',
    'enable_legacy_tags_normalization',
    'loader',
    'metric_patterns',
    'min_collection_interval',
    'name',
    'namespace',
    'no_index',
    'service',
    'tags',
    *STANDARD_FIELDS,
}


class SourceError(Exception):
    """The source gave no usable answer; the message is for the service check and quotes no query of a URL."""


class ElectricityCheck(AgentCheck):
    """Gauge `electricity.production` in MW, tagged `type:…`; service check `electricity.can_connect`."""

    def __init__(self, name: str, init_config: dict[str, Any], instances: list[dict[str, Any]]) -> None:
        super().__init__(name, init_config, instances)
        self.url = ''
        self.source = ''
        self.check_initializations.append(self.configure)

    def configure(self) -> None:
        """Read `url` and refuse options that nobody would read; raises ConfigurationError."""
        allowed = sorted(COMMON | {'url'})
        for key in self.instance:
            if key not in allowed:
                near = get_close_matches(str(key), allowed, n=1)
                hint = f'did you mean `{near[0]}`?' if near else f'known: {", ".join(allowed)}'
                raise ConfigurationError(f'unknown option `{key}` in the instance; {hint}')
        url = self.instance.get('url')
        parts = urlsplit(url) if isinstance(url, str) else urlsplit('')
        if parts.scheme not in ('http', 'https') or not parts.hostname:
            raise ConfigurationError('`url` must be an http:// or https:// address')
        if parts.username is not None or parts.password is not None:
            raise ConfigurationError('`url` must not carry a user or password; use `username` and `password`')
        self.url = str(url)
        # Queries often carry tokens: neither tag nor message repeats one.
        self.source = f'{parts.scheme}://{parts.netloc}{parts.path}'

    def check(self, _: dict[str, Any]) -> None:
        own = self.instance.get('tags') or []
        tags = [*own, f'source:{self.source}']
        try:
            production = parse(self.fetch())
        except SourceError as error:
            # A source that fails is news about the source, not a fault of this check: no exception, so that the
            # service check says what happened and no traceback with the full URL ends in the Agent's status.
            self.service_check('electricity.can_connect', self.CRITICAL, tags=tags, message=f'{self.source}: {error}')
            return
        for kind, megawatts in production.items():
            self.gauge('electricity.production', megawatts, tags=[*own, f'type:{kind}'])
        self.service_check('electricity.can_connect', self.OK, tags=tags)

    def fetch(self) -> bytes:
        """The body of a 200 answer, at most LARGEST_ANSWER bytes; raises SourceError for everything else."""
        allowed = float(self.instance.get('timeout') or STANDARD_FIELDS['timeout'])
        deadline = time.monotonic() + allowed
        try:
            with self.http.get(self.url, stream=True) as response:
                if response.status_code != 200:
                    raise SourceError(f'HTTP status {response.status_code}, expected 200')
                body = b''
                for part in response.iter_content(4096):
                    body += part
                    if len(body) > LARGEST_ANSWER:
                        raise SourceError(f'the answer is larger than {LARGEST_ANSWER} bytes')
                    # The client's own time-out is per read: a source that drips would hold the check for ever.
                    if time.monotonic() > deadline:
                        raise SourceError(f'the answer was not complete after {allowed:g} s')
                return body
        except requests.exceptions.Timeout:
            raise SourceError(f'no answer within {allowed:g} s') from None
        except requests.exceptions.ConnectionError:
            raise SourceError('connection failed or dropped') from None
        except requests.exceptions.RequestException as error:
            raise SourceError(f'request failed ({type(error).__name__})') from None


def parse(body: bytes) -> dict[str, float]:
    """Production in MW by type. Raises SourceError that says what was expected and what was found."""
    try:
        text = body.decode('utf-8-sig')
    except UnicodeDecodeError as error:
        raise SourceError(f'the answer is not UTF-8 (byte {error.start})') from None
    # Entities need a DOCTYPE: without one there is no entity bomb and no outside file to fetch. Given as text, so
    # that no encoding declaration can hide it from this line.
    if '<!DOCTYPE' in text:
        raise SourceError('the answer has a DOCTYPE, which is refused')
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        line, column = error.position
        raise SourceError(f'malformed XML at line {line}, column {column + 1}') from None
    if root.tag != 'electricity':
        raise SourceError(f'expected the element <electricity>, found <{root.tag[:40]}>')
    unit = root.get('unit')
    if unit != UNIT:
        raise SourceError(f'expected unit {UNIT}, found {unit[:40] if unit else "none"}')
    production: dict[str, float] = {}
    for row in root.findall('production'):
        kind = row.get('type', '')
        if not TYPE.fullmatch(kind):
            raise SourceError(f'expected a type of lower-case letters, found {kind[:40]!r}')
        if kind in production:
            raise SourceError(f'type {kind} stands in the answer twice')
        production[kind] = number(kind, row.text or '')
    if not production:
        raise SourceError('the answer has no <production>')
    return production


def number(kind: str, text: str) -> float:
    """A finite number; `nan` and `inf` are floats to Python and nonsense in a graph."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise SourceError(f'expected a number for {kind}, found {text.strip()[:40]!r}')
    return value

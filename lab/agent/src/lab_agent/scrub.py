"""Hides secrets in everything that the Agent prints, using the Agent's published patterns."""

import re
from typing import Any

_STARS = '********'
_API_KEY = re.compile(r'\b[a-fA-F0-9]{27}([a-fA-F0-9]{5})\b')
_APP_KEY = re.compile(r'\b[a-fA-F0-9]{35}([a-fA-F0-9]{5})\b')
_URL = re.compile(r'([A-Za-z][A-Za-z0-9+.-]*://[^\s:/@"\']+):([^\s@"\']+)@')
_NAMED = re.compile(
    r'(?im)((?:"|\')?\b\w*(?:password|passwd|auth_token|secret)\b(?:"|\')?\s*[:=]\s*)'
    r'("[^"\n]*"|\'[^\'\n]*\'|[^\s,}"\'\\]+)'
)
_SECRET_NAME = re.compile(r'(?i)(password|passwd|auth_token|secret)$')


def key_ending(key: str) -> str:
    """A 32-character key as 28 stars and its last four characters."""
    return '*' * 28 + key[-4:] if len(key) == 32 else _STARS


def scrub(text: str) -> str:
    """Replaces keys, passwords in URLs, and values with a password's name by stars."""
    # A status has hundreds of texts, nearly all too short and too plain to contain a secret.
    if len(text) >= 32:
        text = _APP_KEY.sub(lambda found: '*' * 36 + found.group(0)[-4:], text)
        text = _API_KEY.sub(lambda found: key_ending(found.group(0)), text)
    if '://' in text:
        text = _URL.sub(rf'\1:{_STARS}@', text)
    if '=' not in text and ':' not in text:
        return text
    return _NAMED.sub(lambda found: found.group(1) + (f'"{_STARS}"' if found.group(2)[0] in '"\'' else _STARS), text)


def scrub_value(value: Any, name: str = '') -> Any:
    """The same for nested data, where a key's name shows that its value is a secret."""
    if isinstance(value, dict):
        return {key: scrub_value(item, str(key)) for key, item in value.items()}
    if isinstance(value, list):
        return [scrub_value(item, name) for item in value]
    if name and _SECRET_NAME.search(name) and value not in (None, ''):
        return _STARS
    return scrub(value) if isinstance(value, str) else value

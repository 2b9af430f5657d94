"""The key, and the intake's last verdict on it."""

import re

from lab_agent import VERSION

_SHAPE = re.compile(r'[0-9a-f]{32}')


class Key:
    """`valid` is None until an intake has answered; a missing or malformed key can't be valid."""

    def __init__(self, value: str) -> None:
        self.value = value
        self.usable = _SHAPE.fullmatch(value) is not None
        self.valid: bool | None = None if self.usable else False

    def headers(self) -> dict[str, str]:
        return {'DD-API-KEY': self.value, 'User-Agent': f'datadog-agent/{VERSION}'}

    def answered(self, status: int) -> None:
        """A 403 makes the key invalid; a later success makes it valid again."""
        if status == 403:
            self.valid = False
        elif self.valid is False and 200 <= status < 300:
            self.valid = True

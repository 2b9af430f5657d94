"""Processing rules of a log source: what is dropped, masked, or joined."""

import re
import time
from collections.abc import Callable
from typing import Any

_KINDS = ('exclude_at_match', 'include_at_match', 'mask_sequences', 'multi_line')
# Between the lines of one message, as the real Agent joins them: a backslash and an n.
_JOINT = b'\\n'
_FLUSH_SECONDS = 1.0


class Rules:
    """The rules of one source, in order. Raises ValueError for one that the real Agent refuses."""

    def __init__(self, entries: Any) -> None:
        self._steps: list[tuple[str, re.Pattern[bytes], bytes]] = []
        self.start: re.Pattern[bytes] | None = None
        for entry in entries or []:
            if not isinstance(entry, dict) or not entry.get('name'):
                raise ValueError('all processing rules must have a name')
            self._add(str(entry['name']), entry)

    def _add(self, name: str, entry: dict[str, Any]) -> None:
        kind, text = entry.get('type'), str(entry.get('pattern') or '')
        if kind not in _KINDS:
            raise ValueError(f'type {kind} is not supported for processing rule `{name}`')
        if not text:
            raise ValueError(f'no pattern provided for processing rule: {name}')
        try:
            pattern = re.compile((f'^{text}' if kind == 'multi_line' else text).encode())
        except re.error as error:
            raise ValueError(f'invalid pattern {text} for processing rule: {name}') from error
        if kind == 'multi_line':
            self.start = pattern
        else:
            self._steps.append((str(kind), pattern, _template(str(entry.get('replace_placeholder') or ''))))

    def apply(self, message: bytes) -> bytes | None:
        """The message as it is sent; None if it is not."""
        for kind, pattern, placeholder in self._steps:
            if kind == 'mask_sequences':
                message = pattern.sub(placeholder, message)
            elif (pattern.search(message) is None) is (kind == 'include_at_match'):
                return None
        return message


def _template(text: str) -> bytes:
    """Go's `$1` and `${name}` as Python's."""
    escaped = text.replace('\\', '\\\\')
    return re.sub(r'\$(?:\{(\w+)\}|(\w+))', lambda found: f'\\g<{found[1] or found[2]}>', escaped).encode()


class Joiner:
    """Joins lines to messages: each begins with a line that matches, and ends before the next, or after a pause."""

    def __init__(self, start: re.Pattern[bytes] | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._start = start
        self._clock = clock
        self._lines: list[bytes] = []
        self._last = 0.0

    def feed(self, lines: list[bytes]) -> list[bytes]:
        if self._start is None:
            return lines
        found: list[bytes] = []
        for line in lines:
            if self._lines and self._start.search(line):
                found += self._flush()
            self._lines.append(line)
            self._last = self._clock()
        return found

    def idle(self) -> list[bytes]:
        """What nothing has followed for a while."""
        return self._flush() if self._lines and self._clock() - self._last >= _FLUSH_SECONDS else []

    def _flush(self) -> list[bytes]:
        lines, self._lines = self._lines, []
        return [_JOINT.join(lines)]

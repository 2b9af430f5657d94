"""The subset of YAML used in mongod.conf: maps by indentation, and scalars."""

import json
import re
from typing import Any

_KEY = re.compile(r'^([\w.-]+)\s*:(?:\s+(.*))?$')


class YamlError(Exception):
    """An invalid line."""


def _without_comment(line: str) -> str:
    quote = ''
    for at, character in enumerate(line):
        if quote:
            quote = '' if character == quote else quote
        elif character in '\'"':
            quote = character
        elif character == '#' and (at == 0 or line[at - 1].isspace()):
            return line[:at].rstrip()
    return line.rstrip()


def _scalar(text: str) -> Any:
    if text[0] == '"':
        return json.loads(text)
    if text[0] == "'" and text[-1] == "'" and len(text) > 1:
        return text[1:-1].replace("''", "'")
    if text[0] in '[]{}&*!|>%@`-' and not re.fullmatch(r'-?\d+', text):
        raise ValueError('only maps and plain values are understood here')
    if text in ('true', 'false'):
        return text == 'true'
    if text in ('null', '~'):
        return None
    return int(text) if re.fullmatch(r'-?\d+', text) else text


def parse(text: str) -> dict[str, Any]:
    """Parses a document into a map."""
    root: dict[str, Any] = {}
    # The open maps, each with the indentation of its keys, or -1 before its first key.
    levels: list[tuple[int, dict[str, Any]]] = [(0, root)]
    for number, raw in enumerate(text.splitlines(), 1):
        line = _without_comment(raw)
        if line.strip() in ('', '---'):
            continue
        indentation = len(line) - len(line.lstrip(' '))
        found = _KEY.match(line.strip())
        if found is None or '\t' in line[: indentation + 1]:
            raise YamlError(f'line {number}: a key with a value, or with an indented map below it, is expected')
        if levels[-1][0] == -1:
            opened = levels.pop()[1]
            if indentation > levels[-1][0]:
                levels.append((indentation, opened))
        while indentation < levels[-1][0]:
            levels.pop()
        if indentation != levels[-1][0]:
            raise YamlError(f'line {number}: indentation of no open map')
        key, value = found[1], found[2]
        if key in levels[-1][1]:
            raise YamlError(f'line {number}: key {key} twice')
        if value:
            try:
                levels[-1][1][key] = _scalar(value)
            except ValueError as error:
                raise YamlError(f'line {number}: {error}') from error
        else:
            levels[-1][1][key] = {}
            levels.append((-1, levels[-1][1][key]))
    return root

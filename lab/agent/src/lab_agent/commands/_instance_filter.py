"""`--instance-filter`: only the comparisons needed to select an instance, not all of jq."""

import json
import re
from typing import Any

from lab_agent.cli import CommandError

_TERM = re.compile(r'^\s*\.([A-Za-z_][\w.]*)\s*(==|!=)\s*(.+?)\s*$')


def matches(expression: str, instance: dict[str, Any]) -> bool:
    """True if all comparisons `.path == value`, joined by `and`, hold."""
    for term in re.split(r'\s+and\s+', expression):
        found = _TERM.match(term)
        try:
            wanted = json.loads(found.group(3)) if found else None
        except ValueError:
            found = None
        if found is None:
            raise CommandError(f'failed to parse instance filter {term!r}: expected `.option == value`')
        value: Any = instance
        for name in found.group(1).split('.'):
            value = value.get(name) if isinstance(value, dict) else None
        if (value == wanted) != (found.group(2) == '=='):
            return False
    return True

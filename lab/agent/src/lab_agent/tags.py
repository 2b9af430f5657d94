"""Host tags: a list in datadog.yaml, a string in the environment."""

import re
from typing import Any


def parse_tags(value: Any) -> list[str]:
    """A list, or one string separated by spaces or commas; keeps the order and drops duplicates."""
    items = re.split(r'[\s,]+', value) if isinstance(value, str) else (value or [])
    if not isinstance(items, list):
        return []
    return list(dict.fromkeys(str(item) for item in items if item not in ('', None)))

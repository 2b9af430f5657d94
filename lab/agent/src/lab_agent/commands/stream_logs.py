"""`datadog-agent stream-logs`: log messages of the running Agent after processing, as they come."""

import argparse
import re
import time
from typing import Any

from lab_agent.commands._running import ask

_POLL_SECONDS = 0.3
_FILTERS = ('name', 'type', 'source', 'service')


def seconds_of(text: str) -> float:
    """`10s`, `1m30s` or `500ms` in seconds."""
    parts = re.findall(r'(\d+(?:\.\d+)?)(ms|h|m|s)', text)
    if not parts or ''.join(number + unit for number, unit in parts) != text:
        raise argparse.ArgumentTypeError(f'invalid duration "{text}"')
    return sum(float(number) * {'ms': 0.001, 's': 1, 'm': 60, 'h': 3600}[unit] for number, unit in parts)


def shown(answer: dict[str, Any], seen: int, wanted: dict[str, str]) -> list[str]:
    """The texts of messages from number SEEN on that pass the filters."""
    first = answer['next'] - len(answer['lines'])
    fresh = answer['lines'][max(seen - first, 0) :]
    return [one['text'] for one in fresh if all(one[key] == value for key, value in wanted.items())]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog='datadog-agent stream-logs')
    for key in _FILTERS:
        parser.add_argument(f'--{key}', default='')
    parser.add_argument('-d', '--duration', type=seconds_of, default=0.0)
    options = parser.parse_args(arguments)
    wanted = {key: value for key in _FILTERS if (value := getattr(options, key))}
    until = time.monotonic() + options.duration
    seen = int(ask('/agent/stream-logs')['next'])
    while not options.duration or time.monotonic() < until:
        time.sleep(_POLL_SECONDS)
        answer = ask('/agent/stream-logs')
        for text in shown(answer, seen, wanted):
            print(text, flush=True)
        seen = int(answer['next'])
    return 0

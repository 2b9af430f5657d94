"""`datadog-agent health`: exits with 0 if every component is healthy, else with 255."""

import argparse
import json

from lab_agent.cli import FAILURE
from lab_agent.commands._running import ask


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog='datadog-agent health')
    parser.add_argument('-j', '--json', action='store_true')
    options = parser.parse_args(arguments)
    answer = ask('/agent/status/health')
    unhealthy = answer['Unhealthy']
    if options.json:
        print(json.dumps(answer, indent=2))
    else:
        print(f'Agent health: {"FAIL" if unhealthy else "PASS"}')
        print(f'=== {len(answer["Healthy"])} healthy components ===\n{", ".join(answer["Healthy"])}')
        if unhealthy:
            print(f'=== {len(unhealthy)} unhealthy components ===\n{", ".join(unhealthy)}')
    return FAILURE if unhealthy else 0

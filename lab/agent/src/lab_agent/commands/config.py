"""`datadog-agent config [get SETTING]`: the running Agent's settings as YAML, scrubbed."""

import argparse

from lab_agent import yaml_io
from lab_agent.cli import CommandError
from lab_agent.commands._running import ask


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog='datadog-agent config')
    parser.add_argument('action', nargs='?', choices=['get'])
    parser.add_argument('setting', nargs='?')
    options = parser.parse_args(arguments)
    answer = ask('/agent/config')
    if options.action is None:
        print(yaml_io.dump(answer))
        return 0
    if options.setting is None:
        raise CommandError('a single setting name must be specified')
    value = answer
    for part in options.setting.lower().split('.'):
        if not isinstance(value, dict) or part not in value:
            raise CommandError(f'setting {options.setting} not found')
        value = value[part]
    print(f'{options.setting} is set to: {value}')
    return 0

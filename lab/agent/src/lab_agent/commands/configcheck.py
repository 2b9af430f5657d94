"""`datadog-agent configcheck`: what the running Agent found in conf.d."""

import argparse

from lab_agent import yaml_io
from lab_agent.commands._running import ask


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog='datadog-agent configcheck')
    parser.add_argument('check', nargs='?')
    parser.add_argument('-v', '--verbose', action='store_true')
    options = parser.parse_args(arguments)
    answer = ask('/agent/config-check')
    if options.check:
        answer['configs'] = [one for one in answer['configs'] if one['check_name'] == options.check]
    for name, error in answer['config_errors'].items():
        print(f'=== Configuration error ===\n{name}: {error}\n')
    for config in answer['configs']:
        print(f'\n=== {config["check_name"]} check ===')
        print(f'Configuration provider: {config["provider"]}\nConfiguration source: {config["source"]}')
        for instance in config['instances']:
            print(f'Config for instance ID: {instance["id"]}\n{yaml_io.dump(instance["config"])}~')
        if config['init_config']:
            print(f'Init Config:\n{yaml_io.dump(config["init_config"])}', end='')
        if config['logs']:
            print(f'Log Config:\n{yaml_io.dump({"logs": config["logs"]})}', end='')
        print('===')
    return 0

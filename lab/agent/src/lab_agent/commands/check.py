"""`datadog-agent check NAME`: runs a check once, in this process.

It exits with 0 even if the check raised: the verdict is in the output. It fails only if the check is missing or can't
be loaded.
"""

import argparse
import json
import sys
import time
from typing import Any

from lab_agent import NOTICE, bridge, host_name
from lab_agent.cli import CommandError
from lab_agent.commands import _check_output as output
from lab_agent.commands._instance_filter import matches
from lab_agent.configs import Configs, load_configs
from lab_agent.ipc.auth import AuthError, read_token
from lab_agent.loader import add_checks_d, load_checks
from lab_agent.paths import Paths, default_paths
from lab_agent.runner import Runner
from lab_agent.settings import Settings, load_settings, resolver

_RATE_PAUSE = 1.0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog='datadog-agent check')
    parser.add_argument('name')
    parser.add_argument('-r', '--check-rate', action='store_true', help='run twice, so that rates exist')
    parser.add_argument('-t', '--check-times', type=int, default=1, metavar='N')
    parser.add_argument('--pause', type=int, default=0, metavar='MS', help='between two runs')
    parser.add_argument('-d', '--delay', type=int, default=100, metavar='MS', help='before the metrics are read')
    parser.add_argument('--json', action='store_true')
    parser.add_argument('--table', action='store_true')
    parser.add_argument('-l', '--log-level', default='')
    parser.add_argument('--instance-filter', default='', metavar='EXPRESSION')
    parser.add_argument('--discovery-timeout', type=int, default=5, metavar='S')
    parser.add_argument('--discovery-retry-interval', type=int, default=1, metavar='S')
    parser.add_argument('--discovery-min-instances', type=int, default=0, metavar='N')
    return parser.parse_args(arguments)


def _discover(paths: Paths, settings: Settings, options: argparse.Namespace) -> Configs:
    """The instances of this check; waits only if a minimum number was requested."""
    deadline = time.monotonic() + options.discovery_timeout
    while True:
        found = load_configs(paths.conf_d, resolver(settings, paths.connector))
        found.instances = [one for one in found.instances if one.name == options.name]
        enough = len(found.instances) >= options.discovery_min_instances
        if enough or time.monotonic() >= deadline:
            break
        time.sleep(options.discovery_retry_interval)
    if options.instance_filter:
        found.instances = [one for one in found.instances if matches(options.instance_filter, one.instance)]
    return found


def _run(runner: Runner, times: int, pause: float) -> dict[str, list[dict[str, Any]]]:
    sent: dict[str, list[dict[str, Any]]] = {'metrics': [], 'service_checks': [], 'events': []}
    for turn in range(times):
        if turn:
            time.sleep(pause)
        for kind, entries in runner.run_once().items():
            sent[kind] += entries
    return sent


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    paths = default_paths()
    try:
        read_token(paths)
    except AuthError as error:
        raise CommandError(str(error)) from error
    settings = load_settings(paths.config, connector=paths.connector)
    bridge.install(bridge.Bridge(settings=settings, hostname=host_name.resolve(settings).name, run_path=paths.run))
    add_checks_d(paths.checks_d)
    found = _discover(paths, settings, options)
    loaded = load_checks(found.instances)
    for message in [*found.errors.values()] if not found.instances else []:
        print(f'Configuration error: {message}', file=sys.stderr)
    for name, reasons in loaded.loader_errors.items():
        # The reason goes to stdout; stderr has only `Error: no valid check found`.
        print('\n'.join([f'\nError: could not load {name}:', *(f'* {who}: {why}' for who, why in reasons.items())]))
    if not loaded.checks:
        raise CommandError('no valid check found')
    if not options.json:
        print(f'=== {NOTICE} ===')
    if len(loaded.checks) > 1:
        print('Multiple check instances found, running each of them')
    times = max(options.check_times, 2 if options.check_rate else 1)
    pause = options.pause / 1000 or (_RATE_PAUSE if options.check_rate else 0)
    results = []
    for one in loaded.checks:
        runner = Runner(one)
        sent = _run(runner, times, pause)
        time.sleep(options.delay / 1000)
        results.append(output.result(runner, sent))
    if options.json:
        print(json.dumps(results, indent=2))
    else:
        print(output.table(results) if options.table else output.text(results))
    return 0

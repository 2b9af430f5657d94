"""`datadog-agent run`: the daemon."""

import argparse
import contextlib
import logging
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

from lab_agent import NOTICE, VERSION, bridge, host_name, install_json, status
from lab_agent.agent_log import start_logging
from lab_agent.check_id import config_id
from lab_agent.cli import CommandError
from lab_agent.configs import Configs, load_configs
from lab_agent.effective import effective
from lab_agent.forwarder import Forwarder
from lab_agent.ipc import auth, server
from lab_agent.loader import add_checks_d, load_checks
from lab_agent.logs.agent import LogsAgent
from lab_agent.logs.sender import log_sender
from lab_agent.logs.stream import Stream
from lab_agent.paths import Paths, default_paths
from lab_agent.scheduler import Scheduler
from lab_agent.scrub import scrub_value
from lab_agent.sending.key import Key
from lab_agent.settings import Settings, load_settings, resolver

log = logging.getLogger('lab_agent')


def config_check(configs: Configs) -> dict[str, Any]:
    """What `configcheck` shows, one entry per file, with secrets scrubbed."""
    grouped: dict[str, dict[str, Any]] = {}

    def entry(name: str, source: str) -> dict[str, Any]:
        empty = {
            'check_name': name,
            'provider': 'file',
            'source': source,
            'instances': [],
            'init_config': {},
            'logs': [],
        }
        return grouped.setdefault(source, empty)

    for one in configs.instances:
        found = entry(one.name, one.source)
        found['instances'].append({'id': config_id(one.id), 'config': one.instance})
        found['init_config'] = one.init_config
    for line in configs.logs:
        entry(line.name, line.source)['logs'].append(line.values)
    answer: dict[str, Any] = scrub_value({'configs': list(grouped.values()), 'config_errors': configs.errors})
    return answer


def _serve(paths: Paths, settings: Settings, routes: dict[str, server.Route]) -> None:
    try:
        auth.ensure(paths)
        install_json.ensure(paths)
        server.serve(paths, settings.cmd_port, auth.read_token(paths), routes)
    except OSError as error:
        raise CommandError(f'could not start the command server on port {settings.cmd_port}: {error}') from error


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog='datadog-agent run')
    parser.add_argument('-p', '--pidfile', type=Path)
    options = parser.parse_args(arguments)
    paths = default_paths()
    started = time.time()
    settings = load_settings(paths.config, connector=paths.connector)
    start_logging(paths, settings, 'agent.log', 'lab_agent')
    log.info('Starting Datadog Agent v%s (%s)', VERSION, NOTICE)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())

    host = host_name.resolve(settings)
    bridge.install(bridge.Bridge(settings=settings, hostname=host.name, run_path=paths.run))
    add_checks_d(paths.checks_d)
    configs = load_configs(paths.conf_d, resolver(settings, paths.connector))
    for name, error in configs.errors.items():
        log.error('configuration of %s: %s', name, error)
    key = Key(settings.api_key)
    forwarder = Forwarder(settings, host.name, key)
    loaded = load_checks(configs.instances)
    for name, reasons in loaded.loader_errors.items():
        log.error('unable to load check %s: %s', name, reasons)
    scheduler = Scheduler(loaded, forwarder.deliver)
    stream = Stream(host.name)
    logs = (
        LogsAgent(configs.logs, paths.run / 'registry.json', log_sender(settings, key, host.name), stream)
        if settings.logs_enabled
        else None
    )

    def health() -> dict[str, list[str]]:
        # Right after the start no component has reported yet, so `health` fails.
        parts = {'ad-autoconfig': True, 'collector': scheduler.begun, 'forwarder': forwarder.healthy}
        return {
            'Healthy': [name for name, well in parts.items() if well],
            'Unhealthy': [name for name, well in parts.items() if not well],
        }

    _serve(
        paths,
        settings,
        {
            '/agent/status': lambda: status.build(paths, settings, host, scheduler, configs, forwarder, logs, started),
            '/agent/status/health': health,
            '/agent/stream-logs': stream.as_json,
            '/agent/config-check': lambda: config_check(configs),
            '/agent/config': lambda: effective(settings),
        },
    )
    if options.pidfile:
        options.pidfile.write_text(str(os.getpid()), encoding='ascii')
    forwarder.start()
    scheduler.start()
    if logs:
        logs.start()
    stop.wait()
    log.info('Stopping')
    scheduler.stop()
    forwarder.stop()
    if logs:
        logs.stop()
        logs.join()
    forwarder.join()
    if options.pidfile:
        with contextlib.suppress(OSError):
            options.pidfile.unlink()
    logging.shutdown()
    # A check that hangs in its thread must not delay the exit.
    os._exit(0)

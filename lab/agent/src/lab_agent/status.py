"""The document behind `datadog-agent status --json`."""

import os
import platform
import time
from collections.abc import Callable
from typing import Any

import yaml

from lab_agent import NOTICE, VERSION, apm, yaml_io
from lab_agent.configs import Configs
from lab_agent.forwarder import Forwarder
from lab_agent.host_name import HostName
from lab_agent.logs.agent import LogsAgent
from lab_agent.logs.agent import stats as logs_stats
from lab_agent.paths import Paths
from lab_agent.scheduler import Scheduler
from lab_agent.settings import Settings


def install_method(paths: Paths) -> dict[str, Any]:
    """The three `install_method_*` values of install_info; `undefined` if the file doesn't have them."""
    try:
        found = (yaml_io.load_file(paths.install_info) or {}).get('install_method') or {}
    except (OSError, AttributeError, yaml.YAMLError):
        found = {}
    return {
        'install_method_tool': found.get('tool', 'undefined'),
        'install_method_tool_version': found.get('tool_version', ''),
        'install_method_installer_version': found.get('installer_version', ''),
    }


def build(
    paths: Paths,
    settings: Settings,
    host: HostName,
    scheduler: Scheduler,
    configs: Configs,
    forwarder: Forwarder,
    logs: LogsAgent | None,
    started: float,
    apm_stats: Callable[[Settings], dict[str, Any]] = apm.stats,
) -> dict[str, Any]:
    """The whole document. As in the real Agent, only the text output is scrubbed, not this."""
    checks: dict[str, dict[str, Any]] = {}
    for runner in scheduler.runners:
        checks.setdefault(runner.name, {})[runner.id] = runner.as_json()
    tags = settings.host_tags
    return {
        'version': VERSION,
        'lab': True,
        'notice': NOTICE,
        'flavor': 'agent',
        'pid': os.getpid(),
        'python_version': platform.python_version(),
        'agent_start_nano': int(started * 1_000_000_000),
        'time_nano': time.time_ns(),
        'conf_file': str(paths.config),
        'config': {'confd_path': str(paths.conf_d), 'additional_checksd': str(paths.checks_d)},
        'agent_metadata': {
            'agent_version': VERSION,
            'flavor': 'agent',
            'hostname_source': host.provider,
            **install_method(paths),
            'feature_logs_enabled': settings.logs_enabled,
            'feature_apm_enabled': settings.apm_enabled,
        },
        'hostnameStats': {'provider': host.provider, 'errors': dict(host.errors)},
        'hostTags': tags,
        'metadata': {
            'agent-flavor': 'agent',
            'host-tags': {'system': tags},
            'meta': {'hostname': host.name, 'socket-hostname': platform.node()},
            'os': 'linux',
            'python': platform.python_version(),
        },
        'endpointsInfos': forwarder.endpoints(),
        'runnerStats': {
            'Checks': checks,
            'Runs': sum(one.runs for one in scheduler.runners),
            'Errors': sum(one.errors for one in scheduler.runners),
            'Warnings': sum(one.warnings for one in scheduler.runners),
            'RunningChecks': len(scheduler.runners),
        },
        'checkSchedulerStats': {'LoaderErrors': scheduler.loaded.loader_errors},
        'pyLoaderStats': {'ConfigureErrors': scheduler.loaded.configure_errors},
        'autoConfigStats': {'ConfigErrors': configs.errors, 'ResolveWarnings': {}},
        'forwarderStats': forwarder.as_json(),
        'logsStats': logs_stats(logs),
        'apmStats': apm_stats(settings) if settings.apm_enabled else {},
    }

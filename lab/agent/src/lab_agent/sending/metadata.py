"""The Agent's host metadata, which brings host tags to the account. The body doesn't contain the key."""

import os
import platform
import time
from pathlib import Path
from typing import Any

from lab_agent import VERSION
from lab_agent.sending.payload import Payload, as_json, deflated


def _host_id(path: Path) -> str:
    """The machine id formatted as a UUID; empty if there is none."""
    try:
        found = path.read_text(encoding='ascii').strip()
    except (OSError, ValueError):
        return ''
    return '-'.join((found[:8], found[8:12], found[12:16], found[16:20], found[20:])) if len(found) == 32 else ''


def _system() -> dict[str, Any]:
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        release = {}
    return {
        'cpuCores': os.cpu_count() or 1,
        'machine': platform.machine(),
        'platform': 'linux',
        'pythonV': platform.python_version(),
        'nixV': [release.get('ID', ''), release.get('VERSION_ID', ''), ''],
    }


def metadata_payload(hostname: str, tags: list[str], machine_id: Path = Path('/etc/machine-id')) -> Payload:
    body = {
        'agentVersion': VERSION,
        'agent-flavor': 'agent',
        'uuid': _host_id(machine_id),
        'internalHostname': hostname,
        'os': 'linux',
        'python': platform.python_version(),
        'host-tags': {'system': tags},
        'meta': {'hostname': hostname, 'socket-hostname': platform.node(), 'timezones': [time.tzname[0]]},
        'systemStats': _system(),
    }
    return deflated('intake', '/intake/', as_json(body))

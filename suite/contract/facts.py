"""Owners, modes and contents of the Agent's files, if small, as one JSON document."""

import grp
import json
import pwd
import stat
from pathlib import Path

PATTERNS = [
    '/etc/datadog-agent/datadog.yaml',
    '/etc/datadog-agent/environment',
    '/etc/datadog-agent/install_info',
    '/etc/datadog-agent/auth_token',
    '/etc/datadog-agent/ipc_cert.pem',
    '/etc/datadog-agent/conf.d/*.d/conf.yaml',
    '/etc/datadog-agent/checks.d/*.py',
    '/opt/datadog-agent/bin/agent/agent',
    '/opt/datadog-agent/run',
    '/var/run/datadog/apm.socket',
    '/usr/bin/datadog-agent',
]


def about(path: Path) -> dict[str, object]:
    found = path.stat()
    return {
        'owner': pwd.getpwuid(found.st_uid).pw_name,
        'group': grp.getgrgid(found.st_gid).gr_name,
        'mode': f'{stat.S_IMODE(found.st_mode):04o}',
        'socket': stat.S_ISSOCK(found.st_mode),
    }


found = sorted(path for pattern in PATTERNS for path in Path('/').glob(pattern.lstrip('/')) if path.exists())
print(json.dumps({str(path): about(path) for path in found}))

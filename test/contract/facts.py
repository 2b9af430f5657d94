"""Owners, modes and small contents of the Agent's files, as one JSON document."""

import glob
import grp
import json
import os
import pwd
import stat

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


def about(path: str) -> dict[str, object]:
    found = os.stat(path)
    return {
        'owner': pwd.getpwuid(found.st_uid).pw_name,
        'group': grp.getgrgid(found.st_gid).gr_name,
        'mode': f'{stat.S_IMODE(found.st_mode):04o}',
        'socket': stat.S_ISSOCK(found.st_mode),
    }


print(json.dumps({path: about(path) for pattern in PATTERNS for path in sorted(glob.glob(pattern)) if os.path.exists(path)}))

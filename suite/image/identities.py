"""Digests of everything that distinguishes this machine from its clones; null for what it lacks.

No secret leaves the machine. The caller adds a call of main() with what to ask of the box's database: where its
integration is configured, and commands whose output differs between two instances.
"""

import hashlib
import json
import re
import subprocess
from pathlib import Path
from typing import Any


def digest(value: bytes) -> str | None:
    return hashlib.sha256(value.strip()).hexdigest()[:32] if value.strip() else None


def content(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        return b''


def password(configuration: str | None) -> bytes:
    found = re.search(rb'^\s*password:\s*(.+)$', content(configuration or '/dev/null'), re.MULTILINE)
    return found.group(1) if found else b''


def output(command: list[str]) -> bytes:
    try:
        return subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    except (OSError, subprocess.SubprocessError):
        return b''


def agent_host() -> bytes:
    """As the running Agent reports it: `datadog-agent hostname` would compute one by itself."""
    try:
        status = json.loads(output(['datadog-agent', 'status', '--json']))
        return str(status['metadata']['meta']['hostname']).encode()
    except (ValueError, KeyError, TypeError):
        return b''


def client_id() -> bytes:
    """How a DHCP server identifies this machine, from systemd-networkd's lease."""
    for path in sorted(Path('/run/systemd/netif/leases').glob('*')):
        found = re.search(rb'^CLIENTID=(.+)$', content(str(path)), re.MULTILINE)
        if found:
            return found.group(1)
    return b''


def instance() -> bytes:
    link = Path('/var/lib/cloud/instance')
    return str(link.readlink()).encode() if link.is_symlink() else b''


def main(asked: dict[str, Any]) -> None:
    values = {
        'machine id': content('/etc/machine-id'),
        'host name': content('/proc/sys/kernel/hostname'),
        'ed25519 host key': content('/etc/ssh/ssh_host_ed25519_key.pub'),
        'ecdsa host key': content('/etc/ssh/ssh_host_ecdsa_key.pub'),
        'Agent auth_token': content('/etc/datadog-agent/auth_token'),
        'Agent ipc_cert.pem': content('/etc/datadog-agent/ipc_cert.pem'),
        'Agent host name': agent_host(),
        'first-boot record': content('/var/lib/boxhound/first-boot.json'),
        'random seed': content('/var/lib/systemd/random-seed'),
        'boot id': content('/proc/sys/kernel/random/boot_id'),
        'DHCP client id': client_id(),
        'database password': password(asked['configuration']),
        'cloud-init instance': instance(),
    } | {one['name']: output(one['command']) for one in asked['commands']}
    print(json.dumps({name: digest(value) for name, value in values.items()}))

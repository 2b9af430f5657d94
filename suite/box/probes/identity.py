"""The files that identify this instance, and whether one is older than its first boot (fault 45)."""

import glob
import os
import re
import time
from datetime import datetime

# REQUIRED must exist. OPTIONAL may be absent, but must not be older than the instance.
REQUIRED = ['/etc/machine-id', '/etc/ssh/ssh_host_*_key', '/etc/datadog-agent/auth_token', '/etc/datadog-agent/ipc_cert.pem']
OPTIONAL = [
    '/var/lib/systemd/random-seed',
    '/var/lib/systemd/credential.secret',
    '/etc/datadog-agent/install.json',
    '/etc/datadog-agent/environment',
    # From Datadog's installer. Only files: the folders and links beside them come with the package.
    '/opt/datadog-packages/run/*.sock',
    '/opt/datadog-packages/run/*.db',
    '/opt/datadog-packages/run/*.json',
    '/opt/datadog-packages/run/environment',
    '/etc/ssl/private/ssl-cert-snakeoil.key',
    '/etc/iscsi/initiatorname.iscsi',
    '/etc/nvme/hostid',
    '/etc/nvme/hostnqn',
    '/var/lib/NetworkManager/secret_key',
    '/var/lib/dhcp/*.leases',
    '/var/lib/systemd/network/*',
    '/run/systemd/netif/leases/*',
    '/var/lib/cloud/instances/*/sem/*',
    '/var/lib/cloud/seed/*/*',
    '/etc/netplan/50-cloud-init.yaml',
    '/etc/systemd/network/10-cloud-init-*',
    '/etc/sudoers.d/90-cloud-init-users',
]


def booted() -> float:
    """Start of process 1. In a container /proc/uptime is the host's, so the uptime alone would be wrong."""
    with open('/proc/1/stat', encoding='utf-8', errors='replace') as stream:
        ticks = int(stream.read().rpartition(')')[2].split()[19])
    with open('/proc/uptime', encoding='ascii') as stream:
        uptime = float(stream.read().split()[0])
    return time.time() - uptime + ticks / os.sysconf('SC_CLK_TCK')


def born(record: dict[str, str]) -> float:
    """The earliest time at which anything of this instance can have been created.

    During the first boot that is the start of the boot itself. Later it is the time in first boot's record, minus a margin: first boot
    starts some seconds after systemd has created the machine id, on a stock machine even minutes. A container always has its host's boot
    id, so there a record from an earlier boot is recognized by its age.
    """
    with open('/proc/sys/kernel/random/boot_id', encoding='ascii') as stream:
        boot = stream.read().strip()
    word = datetime.fromisoformat(record.get('booted', record['started']).replace('Z', '+00:00')).timestamp()
    this = booted()
    if boot == record['bootId'] and word > this - 5:
        return this - 5
    return word - 120


def read(path: str) -> str:
    try:
        with open(path, encoding='utf-8', errors='replace') as stream:
            return stream.read()
    except OSError:
        return ''


def host_name_file() -> list[str]:
    """The file that the Agent's configuration reads the host name from; clones must not share one from the image."""
    found = re.search(r'^hostname_file:[ \t]*["\']?([^"\'\s#]+)', read('/etc/datadog-agent/datadog.yaml'), re.M)
    return [found[1]] if found else []


def main() -> None:
    with open('/var/lib/boxhound/first-boot.json', encoding='utf-8') as stream:
        start = born(json.load(stream))  # noqa: F821
    required = REQUIRED + INPUT['required']  # noqa: F821
    missing = [pattern for pattern in required if not glob.glob(pattern)]
    files = sorted({path for pattern in required + OPTIONAL + INPUT['optional'] + host_name_file() for path in glob.glob(pattern)})
    named = re.search(r'^DD_HOSTNAME(_FILE)?=["\']?[^"\'\s]', read('/etc/datadog-agent/environment'), re.M) is not None
    old = {path: round(start - os.stat(path).st_mtime) for path in files if os.stat(path).st_mtime < start}
    with open('/etc/machine-id', encoding='ascii', errors='replace') as stream:
        machine = stream.read().strip()
    dbus = '/var/lib/dbus/machine-id'
    same = not os.path.exists(dbus) or open(dbus, encoding='ascii', errors='replace').read().strip() == machine
    shape = len(machine) == 32 and all(digit in '0123456789abcdef' for digit in machine)
    print(json.dumps({'missing': missing, 'old': old, 'files': files, 'machineId': shape, 'dbus': same, 'named': named}))  # noqa: F821


main()

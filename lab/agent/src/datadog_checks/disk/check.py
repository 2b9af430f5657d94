"""The check itself: how full the file systems are, in KiB as the official one sends it."""

from pathlib import Path
from typing import Any

import psutil
from datadog_checks.base import AgentCheck

# Besides the root, which may be an overlay, only file systems of devices.
_PSEUDO = frozenset({'squashfs', 'iso9660', 'tmpfs', 'devtmpfs', 'proc', 'sysfs', 'autofs', 'overlay'})


class Disk(AgentCheck):
    """All local file systems in one instance; `use_mount: true` names them by where they are mounted."""

    def __init__(self, name: str, init_config: dict[str, Any], instances: list[dict[str, Any]]) -> None:
        super().__init__(name, init_config, instances)
        self.by_mount = bool(instances[0].get('use_mount', False))
        self.tags = [str(tag) for tag in instances[0].get('tags') or []]

    def check(self, _instance: dict[str, Any]) -> None:
        for device, mount in mounts():
            try:
                usage = psutil.disk_usage(mount)
            except OSError as error:
                self.log.debug('skipping %s: %s', mount, error)
                continue
            if not usage.total:
                continue
            device = Path(device).name if device.startswith('/') else device
            tags = [*self.tags, f'device:{mount if self.by_mount else device}', f'device_name:{device}']
            in_use = usage.percent / 100
            for name, value in (
                ('total', usage.total / 1024),
                ('used', usage.used / 1024),
                ('free', usage.free / 1024),
                ('in_use', in_use),
                ('utilized', in_use * 100),
            ):
                self.gauge(f'system.disk.{name}', value, tags=tags)


def mounts() -> list[tuple[str, str]]:
    """Devices and where they are mounted, each device once."""
    found: dict[str, str] = {}
    for one in psutil.disk_partitions(all=True):
        if one.mountpoint == '/' or (one.device.startswith('/dev/') and one.fstype not in _PSEUDO):
            known = found.get(one.device or one.fstype)
            # A device may be mounted more than once: the shortest is no part of another.
            if known is None or len(one.mountpoint) < len(known):
                found[one.device or one.fstype] = one.mountpoint
    return list(found.items())

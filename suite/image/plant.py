"""Plants in a raw disk what no published image may contain: plant.py DISK OFFSET PLAN CANARY.

PLAN is JSON, or `-` for none: `paths` of files to create, and `files` with their contents. CANARY is written to the
disk and deleted again, so that only free blocks contain it. The disk is written with debugfs: nothing is mounted, and
free blocks keep deleted data, as on a disk that was never trimmed.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

Edit = Callable[[str], str]

MACHINE = '0123456789abcdef0123456789abcdef\n'
HASH = '$y$j9T$0123456789abcdefghijkl$0123456789abcdefghijklmnopqrstuvwxyzABCDEFG'
CERTIFICATE = '-----BEGIN CERTIFICATE-----\nUGxhbnRlZA==\n-----END CERTIFICATE-----\n'


def replaced(value: str) -> Edit:
    return lambda _: value


def added(value: str) -> Edit:
    return lambda text: f'{text}{value}'


def sub(pattern: str, value: str) -> Edit:
    return lambda text: re.sub(pattern, value, text, flags=re.MULTILINE)


# Leftovers inside files that belong in an image, or in place of one.
EDITS: list[tuple[str, Edit]] = [
    ('/etc/machine-id', replaced(MACHINE)),
    ('/var/lib/dbus/machine-id', replaced(MACHINE)),
    ('/etc/hostname', replaced('build-7.example\n')),
    ('/etc/hosts', added('127.0.1.1 build-7.example\n')),
    ('/etc/datadog-agent/datadog.yaml', added('api_key: 0123456789abcdef0123456789abcdef\nhostname: build-7\n')),
    ('/var/log/wtmp', replaced('planted\n')),
    ('/var/log/btmp', replaced('planted\n')),
    ('/var/log/lastlog', replaced('planted\n')),
    ('/etc/resolv.conf', replaced('nameserver 192.0.2.53\n')),
    ('/etc/apt/sources.list', replaced('deb http://mirror.example/debian trixie main\n')),
    ('/etc/apt/sources.list.d/datadog.list', added('deb [trusted=yes] http://mirror.example/dd stable 7\n')),
    ('/etc/apt/apt.conf.d/80planted', replaced('Acquire::http::Proxy "http://proxy.example:3128";\n')),
    ('/etc/environment', added('https_proxy=http://proxy.example:3128\n')),
    ('/etc/ssl/certs/ca-certificates.crt', added(CERTIFICATE)),
    ('/etc/passwd', added('packer:x:1000:1000:build:/home/packer:/bin/bash\ntoor:x:0:0::/root:/bin/sh\n')),
    ('/etc/shadow', added(f'packer:{HASH}:20000:0:99999:7:::\n')),
    ('/etc/group', sub(r'^(sudo:.*:)$', r'\1packer')),
    ('/etc/gshadow', sub(r'^sudo:[^:]*:', 'sudo:$6$planted:')),
    ('/etc/sudoers', added('packer ALL=(ALL) NOPASSWD: ALL\n')),
    ('/etc/ssh/sshd_config.d/00-planted.conf', replaced('PasswordAuthentication yes\n')),
]


def debugfs(device: str, requests: list[str], folder: Path) -> None:
    """Runs requests. Removing what is absent, or creating a folder that exists, only prints to stderr."""
    script = folder / 'requests'
    script.write_text('\n'.join(requests) + '\n', encoding='utf-8')
    subprocess.run(
        ['debugfs', '-w', '-f', str(script), device], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True
    )


def parents(path: str) -> list[str]:
    return [str(parent) for parent in reversed(Path(path).parents) if str(parent) != '/']


def plant(device: str, files: dict[str, Path], folder: Path) -> None:
    folders = dict.fromkeys(parent for path in files for parent in parents(path))
    made = [f'mkdir "{parent}"' for parent in folders]
    written = [request for path, source in files.items() for request in (f'rm "{path}"', f'write {source} "{path}"')]
    debugfs(device, made + written, folder)


def written(content: str, file: Path) -> Path:
    file.write_text(content, encoding='utf-8')
    return file


def edited(device: str, folder: Path) -> dict[str, Path]:
    """The files of EDITS, before and after the edit."""
    debugfs(device, [f'dump "{path}" {folder}/old-{number}' for number, (path, _) in enumerate(EDITS)], folder)
    files = {}
    for number, (path, edit) in enumerate(EDITS):
        old, new = folder / f'old-{number}', folder / f'new-{number}'
        text = old.read_text(encoding='latin-1') if old.exists() else ''
        new.write_text(edit(text), encoding='latin-1')
        files[path] = new
    return files


def main() -> None:
    disk, offset, plan, canary = sys.argv[1:]
    device = f'{disk}?offset={offset}'
    with tempfile.TemporaryDirectory(prefix='boxhound-plant-') as name:
        folder = Path(name)
        if plan != '-':
            wanted = json.loads(Path(plan).read_text(encoding='utf-8'))
            contents = dict.fromkeys(wanted['paths'], 'planted\n') | wanted['files']
            files = {
                path: written(content, folder / f'file-{number}')
                for number, (path, content) in enumerate(contents.items())
            }
            plant(device, files, folder)
            plant(device, edited(device, folder), folder)
        plant(device, {'/.canary': Path(canary)}, folder)
        debugfs(device, ['rm /.canary'], folder)


main()

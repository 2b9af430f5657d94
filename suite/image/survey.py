"""Tells what a disk holds, as one JSON document: survey.py DISK KIND:OFFSET:MOUNTPOINT…, the root first.

Read by debugfs and mtools: nothing is mounted, nothing is written. Contents of small text files of the root only; no
secret is judged here.
"""

import hashlib
import json
import re
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

# Folders whose files are read, beside their names.
READ = [
    '/etc',
    '/root',
    '/usr/share/doc/apt/examples',
    '/usr/share/base-passwd',
    '/usr/share/ca-certificates',
    '/var/lib/dpkg',
    '/var/lib/dbus',
]
TEXTS = ('/etc/', '/root/', '/usr/share/doc/apt/examples/', '/usr/share/base-passwd/')
LIMIT = 128 * 1024
# What the Agent's database account is called everywhere.
ACCOUNT = b'datadog'
CERTIFICATE = re.compile(r'-----BEGIN CERTIFICATE-----([^-]+)-----END')
LINE = re.compile(r'^/(\d+)/(\d+)/(\d+)/(\d+)/(.*)/(\d*)/$')

Entry = tuple[str, str, int, int, int, int, str]


def debugfs(device: str, requests: list[str], folder: Path) -> str:
    script = folder / 'requests'
    script.write_text('\n'.join(requests) + '\n', encoding='latin-1')
    result = subprocess.run(['debugfs', '-f', str(script), device], capture_output=True, check=True)
    return result.stdout.decode('latin-1')


def kind(mode: int) -> str:
    return 'f' if stat.S_ISREG(mode) else 'd' if stat.S_ISDIR(mode) else 'l' if stat.S_ISLNK(mode) else '?'


def listed(output: str) -> list[Entry]:
    """Entries from the answers to several `ls -p "FOLDER"`, each answer headed by its request."""
    found = []
    folder = ''
    for line in output.splitlines():
        if line.startswith('debugfs: ls -p "'):
            folder = line.removeprefix('debugfs: ls -p "').removesuffix('"').rstrip('/')
            continue
        fields = LINE.match(line)
        if fields and fields[5] not in ('.', '..') and fields[1] != '0':
            mode = int(fields[2], 8)
            found.append(
                (
                    f'{folder}/{fields[5]}',
                    kind(mode),
                    stat.S_IMODE(mode),
                    int(fields[3]),
                    int(fields[4]),
                    int(fields[6] or 0),
                    '',
                )
            )
    return found


def entries(device: str, folder: Path) -> list[Entry]:
    """Every file and folder, one call for each depth of the tree."""
    found: list[Entry] = []
    level = ['/']
    while level:
        below = listed(debugfs(device, [f'ls -p "{path}"' for path in level], folder))
        found += below
        level = [entry[0] for entry in below if entry[1] == 'd']
    return sorted(found)


def fat_entries(disk: str, offset: str) -> list[Entry]:
    """Every file and folder of an EFI partition; owners and modes are the mount's, not the files'."""
    command = ['mdir', '-a', '-b', '-/', '-i', f'{disk}@@{offset}', '::/']
    listing = subprocess.run(command, capture_output=True, check=True).stdout.decode('utf-8', 'replace')
    paths = [line.removeprefix('::') for line in listing.splitlines() if line.startswith('::/')]
    return [(path.rstrip('/'), 'd' if path.endswith('/') else 'f', 0o700, 0, 0, 0, '') for path in paths]


def mounted(disk: str, word: str, folder: Path) -> list[Entry]:
    """The entries of a file system below its mount point."""
    what, offset, point = word.split(':', 2)
    found = fat_entries(disk, offset) if what == 'vfat' else entries(f'{disk}?offset={offset}', folder)
    return [(f'{point}{entry[0]}', *entry[1:]) for entry in found]


def read_tree(device: str, folder: Path, paths: list[str]) -> Path:
    """Copies those folders of the partition below one of the host, with links as links."""
    tree = folder / 'tree'
    for path in paths:
        (tree / path.lstrip('/')).parent.mkdir(parents=True, exist_ok=True)
    debugfs(device, [f'rdump {path} {(tree / path.lstrip("/")).parent}' for path in paths], folder)
    return tree


def text(path: Path) -> str:
    return path.read_bytes().decode('latin-1')


def texts(tree: Path) -> dict[str, str]:
    files = {f'/{path.relative_to(tree)}': path for path in tree.rglob('*') if path.is_file() and not path.is_symlink()}
    wanted = {
        name: path for name, path in files.items() if name.startswith(TEXTS) and not name.startswith('/etc/ssl/certs/')
    }
    return {name: text(path) for name, path in sorted(wanted.items()) if path.stat().st_size < LIMIT}


def with_target(entry: Entry, tree: Path) -> Entry:
    link = tree / entry[0].lstrip('/')
    return (*entry[:6], str(link.readlink())) if entry[1] == 'l' and link.is_symlink() else entry


def digests(tree: Path) -> dict[str, str]:
    """Configuration files of who may do what that aren't as their packages brought them, with their digest."""
    status = text(tree / 'var/lib/dpkg/status')
    found = {}
    for path, recorded in re.findall(
        r'^ (/etc/sudoers\S*|/etc/pam.d/\S+|/etc/ssh/\S+) ([0-9a-f]{32})$', status, re.MULTILINE
    ):
        file = tree / path.lstrip('/')
        now = hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest() if file.is_file() else 'absent'
        if now != recorded:
            found[path] = now
    return found


def accounts(device: str, folder: Path, all_entries: list[Entry]) -> list[str]:
    """Files of the server's own schema that name the Agent's account, which only first boot may make."""
    schema = re.compile(r'/var/lib/mysql/(mysql/|mysql\.ibd$)')
    paths = [path for path, what, *_ in all_entries if what == 'f' and schema.match(path)]
    copies = [folder / f'table-{number}' for number in range(len(paths))]
    if paths:
        debugfs(device, [f'dump "{path}" {copy}' for path, copy in zip(paths, copies, strict=True)], folder)
    return [path for path, copy in zip(paths, copies, strict=True) if ACCOUNT in copy.read_bytes()]


def bodies(path: Path) -> set[str]:
    return {re.sub(r'\s', '', body) for body in CERTIFICATE.findall(text(path))}


def certificates(tree: Path) -> list[str]:
    """Trusted certificates that came with no package of authorities, by their digest."""
    known: set[str] = set()
    for path in (tree / 'usr/share/ca-certificates').rglob('*.crt'):
        known |= bodies(path)
    trusted: set[str] = set()
    for path in (tree / 'etc/ssl/certs').glob('*'):
        if path.is_file() and not path.is_symlink():
            trusted |= bodies(path)
    return [hashlib.sha256(body.encode()).hexdigest()[:16] for body in sorted(trusted - known)]


def main() -> None:
    disk, root, *others = sys.argv[1:]
    device = f'{disk}?offset={root.split(":")[1]}'
    with tempfile.TemporaryDirectory(prefix='boxhound-survey-') as name:
        folder = Path(name)
        found = entries(device, folder)
        there = {path for path, what, *_ in found if what == 'd'}
        below = [entry for word in others for entry in mounted(disk, word, folder)]
        tree = read_tree(device, folder, [path for path in READ if path in there])
        report = {
            'entries': [with_target(entry, tree) for entry in found] + below,
            'texts': texts(tree),
            'digests': digests(tree),
            'accounts': accounts(device, folder, found),
            'certificates': certificates(tree),
        }
    json.dump(report, sys.stdout)


main()

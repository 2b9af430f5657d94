"""Describes what a disk contains, as one JSON document: survey.py DISK KIND:OFFSET:MOUNTPOINT…, the root first.

Reads JSON from stdin: which files (`tables`, patterns with *) must not mention which `account`.

Uses debugfs and mtools: nothing is mounted or written. Contents are those of small text files on the root file system
only. Secrets are not judged here.

Never use rdump: it creates files and links under the names that it finds. On a disk with a link and a file of the same
name it would write through that link, as root, wherever it leads, and anyone who reads the resulting tree would follow
its links.
"""

import hashlib
import json
import posixpath
import re
import stat
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Folders in which not only names are listed, but files read.
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
CERTIFICATE = re.compile(r'-----BEGIN CERTIFICATE-----([^-]+)-----END')
LINE = re.compile(r'^/(\d+)/(\d+)/(\d+)/(\d+)/(.*)/(\d*)/$')

Entry = tuple[str, str, int, int, int, int, str]


@dataclass(frozen=True)
class Tree:
    """What was read from a disk, by path: copies of files, under names of our own, and the targets of links."""

    files: dict[str, Path]
    links: dict[str, str]

    def file(self, path: str) -> Path | None:
        """The copy of a file, or of the file that a link points to; None if that was not read."""
        for _ in range(10):
            if path not in self.links:
                break
            path = posixpath.normpath(posixpath.join(posixpath.dirname(path), self.links[path]))
        return self.files.get(path)


def quoted(path: str) -> str:
    """Quotes a word for debugfs, which escapes a quotation mark by doubling it."""
    return '"' + path.replace('"', '""') + '"'


def debugfs(device: str, requests: list[str], folder: Path) -> str:
    script = folder / 'requests'
    script.write_text('\n'.join(requests) + '\n', encoding='latin-1')
    result = subprocess.run(['debugfs', '-f', str(script), device], capture_output=True, check=True)
    return result.stdout.decode('latin-1')


def kind(mode: int) -> str:
    return 'f' if stat.S_ISREG(mode) else 'd' if stat.S_ISDIR(mode) else 'l' if stat.S_ISLNK(mode) else '?'


def listed(output: str) -> list[Entry]:
    """Parses the output of several `ls -p "FOLDER"`, each preceded by its request."""
    found = []
    folder = ''
    for line in output.splitlines():
        if line.startswith('debugfs: ls -p "'):
            folder = line.removeprefix('debugfs: ls -p "').removesuffix('"').replace('""', '"').rstrip('/')
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
    """Every file and folder, with one debugfs call for each level of the tree."""
    found: list[Entry] = []
    level = ['/']
    while level:
        below = listed(debugfs(device, [f'ls -p {quoted(path)}' for path in level], folder))
        found += below
        level = [entry[0] for entry in below if entry[1] == 'd']
    return sorted(found)


def fat_entries(disk: str, offset: str) -> list[Entry]:
    """Every file and folder of an EFI partition; owners and modes come from the mount, not from the files."""
    command = ['mdir', '-a', '-b', '-/', '-i', f'{disk}@@{offset}', '::/']
    listing = subprocess.run(command, capture_output=True, check=True).stdout.decode('utf-8', 'replace')
    paths = [line.removeprefix('::') for line in listing.splitlines() if line.startswith('::/')]
    return [(path.rstrip('/'), 'd' if path.endswith('/') else 'f', 0o700, 0, 0, 0, '') for path in paths]


def mounted(disk: str, word: str, folder: Path) -> list[Entry]:
    """The entries of a file system below its mount point."""
    what, offset, point = word.split(':', 2)
    found = fat_entries(disk, offset) if what == 'vfat' else entries(f'{disk}?offset={offset}', folder)
    return [(f'{point}{entry[0]}', *entry[1:]) for entry in found]


def copied(device: str, folder: Path, paths: list[str], prefix: str) -> dict[str, Path]:
    """Copies of these files' contents, under names of our own; files that can't be read are left out."""
    copies = {path: folder / f'{prefix}-{number}' for number, path in enumerate(paths)}
    debugfs(device, [f'dump {quoted(path)} {copy}' for path, copy in copies.items()], folder)
    return {path: copy for path, copy in copies.items() if copy.exists()}


def targets(device: str, folder: Path, paths: list[str]) -> dict[str, str]:
    """The targets of links: short ones are in the inode, long ones in a block."""
    asked = debugfs(device, [f'stat {quoted(path)}' for path in paths], folder) if paths else ''
    # Each answer follows its request; the first part, before any request, is dropped.
    answers = re.split(r'^debugfs: stat .*$', asked, flags=re.MULTILINE)[1:]
    short = [re.search(r'^Fast link dest: "(.*)"$', answer, re.MULTILINE) for answer in answers]
    found = {path: match[1] for path, match in zip(paths, short, strict=True) if match}
    long = copied(device, folder, [path for path in paths if path not in found], 'link')
    return found | {path: text(copy).rstrip('\0') for path, copy in long.items()}


def read_tree(device: str, folder: Path, found: list[Entry]) -> Tree:
    """Files and links below the folders in READ."""
    below = [entry for entry in found if entry[0].startswith(tuple(f'{path}/' for path in READ))]
    return Tree(
        copied(device, folder, [path for path, what, *_ in below if what == 'f'], 'file'),
        targets(device, folder, [path for path, what, *_ in below if what == 'l']),
    )


def text(path: Path) -> str:
    return path.read_bytes().decode('latin-1')


def texts(tree: Tree) -> dict[str, str]:
    wanted = {
        name: path
        for name, path in tree.files.items()
        if name.startswith(TEXTS) and not name.startswith('/etc/ssl/certs/')
    }
    return {name: text(path) for name, path in sorted(wanted.items()) if path.stat().st_size < LIMIT}


def with_target(entry: Entry, tree: Tree) -> Entry:
    return (*entry[:6], tree.links[entry[0]]) if entry[0] in tree.links else entry


def digests(tree: Tree) -> dict[str, str]:
    """Access-related configuration files that differ from what their packages shipped, with their digest."""
    status = text(tree.files['/var/lib/dpkg/status'])
    found = {}
    for path, recorded in re.findall(
        r'^ (/etc/sudoers\S*|/etc/pam.d/\S+|/etc/ssh/\S+) ([0-9a-f]{32})$', status, re.MULTILINE
    ):
        file = tree.file(path)
        now = hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest() if file else 'absent'
        if now != recorded:
            found[path] = now
    return found


def accounts(device: str, folder: Path, all_entries: list[Entry], asked: dict[str, Any]) -> list[str]:
    """Files of the database schema that name the Agent's account, which only first boot may create."""
    tables = [re.compile(re.escape(pattern).replace(r'\*', '[^/]*')) for pattern in asked['tables']]
    paths = [path for path, what, *_ in all_entries if what == 'f' and any(table.fullmatch(path) for table in tables)]
    account = asked['account'].encode()
    return [path for path, copy in copied(device, folder, paths, 'table').items() if account in copy.read_bytes()]


def bodies(path: Path) -> set[str]:
    return {re.sub(r'\s', '', body) for body in CERTIFICATE.findall(text(path))}


def certificates(tree: Tree) -> list[str]:
    """Digests of trusted certificates that don't come from a package of certificate authorities."""
    known: set[str] = set()
    trusted: set[str] = set()
    for name, path in tree.files.items():
        if name.startswith('/usr/share/ca-certificates/') and name.endswith('.crt'):
            known |= bodies(path)
        elif posixpath.dirname(name) == '/etc/ssl/certs':
            trusted |= bodies(path)
    return [hashlib.sha256(body.encode()).hexdigest()[:16] for body in sorted(trusted - known)]


def main() -> None:
    disk, root, *others = sys.argv[1:]
    device = f'{disk}?offset={root.split(":")[1]}'
    with tempfile.TemporaryDirectory(prefix='boxhound-survey-') as name:
        folder = Path(name)
        found = entries(device, folder)
        below = [entry for word in others for entry in mounted(disk, word, folder)]
        tree = read_tree(device, folder, found)
        report = {
            'entries': [with_target(entry, tree) for entry in found] + below,
            'texts': texts(tree),
            'digests': digests(tree),
            'accounts': accounts(device, folder, found, json.load(sys.stdin)),
            'certificates': certificates(tree),
        }
    json.dump(report, sys.stdout)


main()

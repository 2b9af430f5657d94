"""What a layer of the user's has left in a mounted root file system: survey.py TARGET SINCE ASKED OUT.

Writes one JSON document to OUT: every path that has changed since SINCE (seconds since 1970), except those of packages,
and the account files. A secret in one of them is an error: exit status 1, with the place and never the value. ASKED has
the name of the layer and the shapes of secrets.

Runs on the host as root while no program of the image runs. It never follows a link, and reads regular files only.
"""

import json
import os
import re
import stat
import sys
from pathlib import Path

LIMIT = 1024 * 1024
ACCOUNTS = ['etc/passwd', 'etc/group', 'etc/shadow', 'etc/gshadow', 'usr/share/base-passwd/passwd.master']
EXCUSED = b'boxhound: no secret'
NAMES = {'privateKey': 'a private key', 'apiKey': 'an API key', 'login': 'a login inside an address'}


def text_of(path: Path, limit: int = LIMIT) -> bytes:
    """The beginning of a regular file; nothing of anything else."""
    try:
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return b''
    with os.fdopen(number, 'rb') as stream:
        return stream.read(limit) if stat.S_ISREG(os.fstat(number).st_mode) else b''


def names_in(folder: Path) -> list[str]:
    """Names in a folder; none of a link to one."""
    return sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() and not folder.is_symlink() else []


def packaged(target: Path) -> set[bytes]:
    """Every path that a package has brought. Those of /lib are below /usr in a merged system."""
    folder = target / 'var/lib/dpkg/info'
    found: set[bytes] = set()
    for name in names_in(folder):
        if name.endswith('.list'):
            for line in text_of(folder / name, 64 * LIMIT).splitlines():
                found |= {line, b'/usr' + line}
    return found


def changed(target: Path, since: float, known: set[bytes]) -> list[tuple[str, os.stat_result]]:
    """Paths below the root file system itself: mounts such as /run are no part of the image."""
    device = target.lstat().st_dev
    found = []
    for folder, folders, names in os.walk(target):
        here = [(name, Path(folder, name).lstat()) for name in sorted(folders + names)]
        own = {name for name, status in here if status.st_dev == device}
        folders[:] = [name for name in folders if name in own]
        for name, status in here:
            path = f'/{Path(folder, name).relative_to(target)}'
            if name in own and status.st_ctime >= since and os.fsencode(path) not in known:
                found.append((path, status))
    return found


def settings(target: Path) -> list[str]:
    folder = 'etc/ssh/sshd_config.d'
    return [f'{folder}/{name}' for name in names_in(target / folder)]


def kind(mode: int) -> str:
    return 'f' if stat.S_ISREG(mode) else 'd' if stat.S_ISDIR(mode) else 'l' if stat.S_ISLNK(mode) else '?'


def secrets(text: bytes, shapes: dict[str, re.Pattern[bytes]]) -> list[tuple[int, str]]:
    """Line and kind of each secret; a line may say that it has none."""
    found = []
    for name, shape in shapes.items():
        for match in shape.finditer(text):
            end = text.find(b'\n', match.end())
            line = text[text.rfind(b'\n', 0, match.start()) + 1 : end if end >= 0 else len(text)]
            if EXCUSED not in line:
                found.append((text.count(b'\n', 0, match.start()) + 1, NAMES[name]))
    return found


def refuse(layer: str, path: str, line: int, what: str) -> None:
    """As the engine explains a failure at the end of a log."""
    print('== why: content')
    print(f'the layer {layer} leaves a secret in {path}')
    print('expected: no secret in a file of an image: every copy of the image would carry it')
    print(f'found: {what} in line {line}, not shown')
    excuse = 'if it is no secret, end the line with a comment: boxhound: no secret'
    print(f'next: make it at first boot (guide/layers.md); {excuse}')


def main() -> int:
    target, asked, out = (Path(sys.argv[at]) for at in (1, 3, 4))
    # The kernel's clock for files may be some milliseconds behind.
    since = float(sys.argv[2]) - 0.05
    given = json.loads(asked.read_text(encoding='utf-8'))
    shapes = {
        name: re.compile(text.encode('latin-1'), 0 if name == 'privateKey' else re.IGNORECASE)
        for name, text in given['shapes'].items()
    }
    entries = changed(target, since, packaged(target))
    for path, status in entries:
        if stat.S_ISREG(status.st_mode) and status.st_size <= LIMIT:
            for line, what in secrets(text_of(target / path[1:]), shapes):
                refuse(given['layer'], path, line, what)
                return 1
    survey = {
        'entries': [
            [path, kind(one.st_mode), stat.S_IMODE(one.st_mode), one.st_uid, one.st_gid, one.st_size, '']
            for path, one in entries
        ],
        'texts': {f'/{path}': text_of(target / path).decode('latin-1') for path in ACCOUNTS + settings(target)},
    }
    out.write_text(json.dumps(survey), encoding='utf-8')
    return 0


sys.exit(main())

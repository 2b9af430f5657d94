"""Tells which system a mounted root holds: identity.py TARGET.

Prints ID, VERSION_ID and Debian's name of the processor, one per line. Read below a change of root, so that a
link in the image leads to the image's own files. Nothing of the image is run.
"""

import os
import shlex
import struct
import sys
from pathlib import Path

# ELF's numbers; what they are called by Debian.
MACHINES = {0x3E: 'amd64', 0xB7: 'arm64', 0x03: 'i386', 0x28: 'armhf', 0x15: 'ppc64el', 0x16: 's390x', 0xF3: 'riscv64'}
PROGRAMS = ('/bin/true', '/bin/sh', '/sbin/init', '/usr/bin/env')


def first(paths: tuple[str, ...], length: int) -> bytes:
    """The beginning of the first of those files that can be read."""
    for path in paths:
        try:
            with Path(path).open('rb') as file:
                return file.read(length)
        except OSError:
            continue
    return b''


def split(line: str) -> list[str]:
    try:
        return shlex.split(line, comments=True)
    except ValueError:
        return []


def settings(text: str) -> dict[str, str]:
    """os-release(5): assignments as a shell reads them; a broken line is none."""
    words = [word for line in text.splitlines() for word in split(line)]
    return dict(word.split('=', 1) for word in words if '=' in word)


def processor(head: bytes) -> str:
    """Which processor a program is for, by the first 20 bytes of its ELF header."""
    if head[:4] != b'\x7fELF' or len(head) < 20:
        return 'no program'
    # Byte 5 tells the byte order, 4 the width: x32 has amd64's number and 1.
    (number,) = struct.unpack_from('<H' if head[5] == 1 else '>H', head, 18)
    name = MACHINES.get(number, f'ELF machine {number}')
    return f'{name}, 32 bits' if name == 'amd64' and head[4] != 2 else name


def main() -> None:
    os.chroot(sys.argv[1])
    os.chdir('/')
    told = settings(first(('/etc/os-release', '/usr/lib/os-release'), 1 << 16).decode('utf-8', 'replace'))
    for word in (told.get('ID', ''), told.get('VERSION_ID', ''), processor(first(PROGRAMS, 20))):
        print(' '.join(word.split()))


if __name__ == '__main__':
    main()

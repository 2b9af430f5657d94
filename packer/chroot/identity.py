"""Tells which system a mounted root holds: identity.py TARGET prints ID, VERSION_ID and the machine's name, one per line.

Read below a change of root, so that a link in the image leads to the image's own files. Nothing of the image is run.
"""

import os
import shlex
import struct
import sys

# ELF's numbers; what they are called by Debian.
MACHINES = {0x3E: 'amd64', 0xB7: 'arm64', 0x03: 'i386', 0x28: 'armhf', 0x15: 'ppc64el', 0x16: 's390x', 0xF3: 'riscv64'}
PROGRAMS = ('/bin/true', '/bin/sh', '/sbin/init', '/usr/bin/env')


def os_release() -> dict[str, str]:
    for path in ('/etc/os-release', '/usr/lib/os-release'):
        try:
            with open(path, encoding='utf-8', errors='replace') as file:
                text = file.read(1 << 16)
        except OSError:
            continue
        words = [word for line in text.splitlines() if '=' in line for word in split(line)]
        return dict(word.split('=', 1) for word in words if '=' in word)
    return {}


def split(line: str) -> list[str]:
    try:
        return shlex.split(line, comments=True)
    except ValueError:
        return []


def machine() -> str:
    for path in PROGRAMS:
        try:
            with open(path, 'rb') as file:
                head = file.read(20)
        except OSError:
            continue
        if head[:4] == b'\x7fELF' and len(head) == 20:
            # Byte 5 tells the byte order, 4 the width: x32 would be 1 with amd64's number.
            (number,) = struct.unpack_from('<H' if head[5] == 1 else '>H', head, 18)
            name = MACHINES.get(number, f'ELF machine {number}')
            return f'{name}, 32 bits' if name == 'amd64' and head[4] != 2 else name
    return 'no program'


def main() -> None:
    os.chroot(sys.argv[1])
    os.chdir('/')
    told = os_release()
    for word in (told.get('ID', ''), told.get('VERSION_ID', ''), machine()):
        print(' '.join(word.split()))


main()

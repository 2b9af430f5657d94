"""Tells which system a mounted root holds: identity.py TARGET.

Prints ID, VERSION_ID and Debian's name of the processor, one per line. Every path is resolved within TARGET by the
kernel, so that a link in the image leads to the image's own files, and nothing but regular files is opened. Nothing of
the image is run.
"""

import ctypes
import errno
import os
import shlex
import stat
import struct
import sys

# ELF's numbers; what they are called by Debian.
MACHINES = {0x3E: 'amd64', 0xB7: 'arm64', 0x03: 'i386', 0x28: 'armhf', 0x15: 'ppc64el', 0x16: 's390x', 0xF3: 'riscv64'}
PROGRAMS = ('/bin/true', '/bin/sh', '/sbin/init', '/usr/bin/env')
KINDS = {
    stat.S_IFIFO: 'a named pipe',
    stat.S_IFSOCK: 'a socket',
    stat.S_IFCHR: 'a device',
    stat.S_IFBLK: 'a device',
    stat.S_IFDIR: 'a folder',
}
# openat2(2): the number of the call is the same on all processors.
OPENAT2, IN_ROOT, NO_MAGIC_LINKS = 437, 0x10, 0x02
ABSENT = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)

libc = ctypes.CDLL(None, use_errno=True)


def place(root: int, path: str) -> int | None:
    """A descriptor that only names what PATH leads to below ROOT; None when nothing is there."""
    how = struct.pack('=QQQ', os.O_PATH | os.O_CLOEXEC, 0, IN_ROOT | NO_MAGIC_LINKS)
    found = libc.syscall(ctypes.c_long(OPENAT2), root, path.encode(), how, ctypes.c_size_t(len(how)))
    if found >= 0:
        return found
    code = ctypes.get_errno()
    if code in ABSENT:
        return None
    sys.exit(f'image: {path} cannot be looked at: {os.strerror(code)}')


def first(root: int, paths: tuple[str, ...], length: int) -> bytes:
    """The beginning of the first of those files that is there."""
    for path in paths:
        named = place(root, path)
        if named is None:
            continue
        mode = os.fstat(named).st_mode
        if not stat.S_ISREG(mode):
            found = KINDS.get(stat.S_IFMT(mode), 'something else')
            sys.exit(
                f'image: {path} is no regular file\n  expected: a file, or a link to one, in the image\n'
                f'  found:    {found}\n  next:     take another image of the publisher'
            )
        # By the name that it has here: it is opened to be read only now that it is known to be a file.
        with open(f'/proc/self/fd/{named}', 'rb') as file:  # noqa: PTH123
            os.close(named)
            return file.read(length)
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
    root = os.open(sys.argv[1], os.O_PATH | os.O_DIRECTORY)
    told = settings(first(root, ('/etc/os-release', '/usr/lib/os-release'), 1 << 16).decode('utf-8', 'replace'))
    for word in (told.get('ID', ''), told.get('VERSION_ID', ''), processor(first(root, PROGRAMS, 20))):
        print(' '.join(word.split()))


if __name__ == '__main__':
    main()

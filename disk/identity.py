"""Identifies the system in a mounted root: identity.py TARGET.

Prints ID, VERSION_ID and Debian's name of the architecture, one per line. The kernel resolves every path within TARGET,
so that a link in the image leads to the image's own files. Only regular files are opened, and nothing of the image is
executed.
"""

import ctypes
import errno
import os
import shlex
import stat
import struct
import sys

# ELF machine numbers, with Debian's names for them.
MACHINES = {0x3E: 'amd64', 0xB7: 'arm64', 0x03: 'i386', 0x28: 'armhf', 0x15: 'ppc64el', 0x16: 's390x', 0xF3: 'riscv64'}
PROGRAMS = ('/bin/true', '/bin/sh', '/sbin/init', '/usr/bin/env')
KINDS = {
    stat.S_IFIFO: 'a named pipe',
    stat.S_IFSOCK: 'a socket',
    stat.S_IFCHR: 'a device',
    stat.S_IFBLK: 'a device',
    stat.S_IFDIR: 'a folder',
}
# openat2(2): this call has the same number on all architectures.
OPENAT2, IN_ROOT, NO_MAGIC_LINKS = 437, 0x10, 0x02
ABSENT = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)

libc = ctypes.CDLL(None, use_errno=True)


def place(root: int, path: str) -> int | None:
    """An O_PATH descriptor for what PATH leads to below ROOT; None if there is nothing."""
    how = struct.pack('=QQQ', os.O_PATH | os.O_CLOEXEC, 0, IN_ROOT | NO_MAGIC_LINKS)
    found = libc.syscall(ctypes.c_long(OPENAT2), root, path.encode(), how, ctypes.c_size_t(len(how)))
    if found >= 0:
        return found
    code = ctypes.get_errno()
    if code in ABSENT:
        return None
    sys.exit(f'image: {path} cannot be looked at: {os.strerror(code)}')


def first(root: int, paths: tuple[str, ...], length: int) -> bytes:
    """The beginning of the first of these files that exists."""
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
        # Now that it is known to be a regular file, open it for reading, through this descriptor.
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
    """Parses os-release(5): assignments as a shell reads them; malformed lines are skipped."""
    words = [word for line in text.splitlines() for word in split(line)]
    return dict(word.split('=', 1) for word in words if '=' in word)


def processor(head: bytes) -> str:
    """The architecture of a program, from the first 20 bytes of its ELF header."""
    if head[:4] != b'\x7fELF' or len(head) < 20:
        return 'no program'
    # Byte 5 is the byte order, byte 4 the width: x32 has amd64's number, but width 1.
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

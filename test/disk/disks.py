"""Makes small disks of any layout for tests: disks.py OUT < SPEC.

SPEC is JSON: {"size": MiB, "table": "gpt" | "mbr" | "none", "partitions": [{"number", "start", "size" (MiB), "type",
"name", "fs": "ext4" | "vfat" | "luks" | null, "label", "uuid", "files": {path: text}, "tree": FOLDER}]}. A text of the
form "-> X" is a link to X, one of the form "elf NUMBER" a program's head for that processor, "fifo" a named pipe and
"socket" a socket. Whole MiB only; nothing needs root.
"""

import binascii
import json
import os
import stat
import struct
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

DISK = Path(__file__).parents[2] / 'disk'
MIB = 1 << 20
SECTOR = 512
PER_MIB = MIB // SECTOR
ROOT = '4f68bce3-e8cd-4db1-96e7-fbcaf984b709'
LINUX = '0fc63daf-8483-4772-8e79-3d69d8477de4'
BIOS = '21686148-6449-6e6f-744e-656564454649'
ESP = 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b'
EXTENDED = 0x0F
NODES = {'fifo': stat.S_IFIFO, 'socket': stat.S_IFSOCK}


def part(number, start, size, **more):
    """A partition; the rest of its properties by name."""
    return {'number': number, 'start': start, 'size': size, **more}


def system(fstab='', **more):
    """The files of a root, as far as a look at it asks for them."""
    return {
        'etc/os-release': '-> ../usr/lib/os-release',
        'usr/lib/os-release': 'PRETTY_NAME="A system"\nID=debian\nVERSION_ID="13"\n',
        'usr/bin/true': 'elf 62',
        'bin': '-> usr/bin',
        'etc/fstab': fstab,
        **more,
    }


def write_at(path, offset, data):
    with Path(path).open('r+b') as file:
        file.seek(offset)
        file.write(data)


def gpt(path, sectors, parts):
    entries = bytearray(128 * 128)
    for one in parts:
        first = one['start'] * PER_MIB
        struct.pack_into(
            '<16s16sQQQ72s',
            entries,
            (one['number'] - 1) * 128,
            uuid.UUID(one.get('type', LINUX)).bytes_le,
            uuid.UUID(one.get('partuuid', str(uuid.uuid4()))).bytes_le,
            first,
            first + one['size'] * PER_MIB - 1,
            0,
            one.get('name', '').encode('utf-16-le'),
        )
    disk = uuid.uuid4().bytes_le

    def header(here, other, table):
        def packed(checksum):
            fields = (0x10000, 92, checksum, 0, here, other, 34, sectors - 34, disk, table, 128, 128)
            return struct.pack('<8sIIIIQQQQ16sQIII', b'EFI PART', *fields, binascii.crc32(entries))

        return packed(binascii.crc32(packed(0))).ljust(SECTOR, b'\0')

    protective = struct.pack('<B3sB3sII', 0, b'\0\2\0', 0xEE, b'\xff\xff\xff', 1, sectors - 1)
    write_at(path, 440, bytes(6) + protective + bytes(48) + b'\x55\xaa')
    write_at(path, SECTOR, header(1, sectors - 1, 2) + entries)
    write_at(path, (sectors - 33) * SECTOR, entries + header(sectors - 1, 1, sectors - 33))


def mbr_entry(kind, start, length):
    return struct.pack('<B3sB3sII', 0, b'\xfe\xff\xff', kind, b'\xfe\xff\xff', start, length)


def mbr(path, parts):
    """Primary partitions, and logical ones from number 5 on, each behind a table of its own, a MiB before it."""
    rows = [bytes(16)] * 4
    for one in (one for one in parts if one['number'] < 5):
        kind = int(one.get('type', '0x83'), 16)
        rows[one['number'] - 1] = mbr_entry(kind, one['start'] * PER_MIB, one['size'] * PER_MIB)
    logical = sorted((one for one in parts if one['number'] > 4), key=lambda one: one['number'])
    outer = next((one['start'] for one in parts if one.get('type') == hex(EXTENDED)), 0)
    for index, one in enumerate(logical):
        table = one['start'] - 1
        own = mbr_entry(0x83, PER_MIB, one['size'] * PER_MIB)
        behind = logical[index + 1] if index + 1 < len(logical) else None
        link = bytes(16)
        if behind is not None:
            link = mbr_entry(0x05, (behind['start'] - 1 - outer) * PER_MIB, (behind['size'] + 1) * PER_MIB)
        write_at(path, table * MIB + 446, own + link + bytes(32) + b'\x55\xaa')
    write_at(path, 440, b'\x78\x56\x34\x12\0\0' + b''.join(rows) + b'\x55\xaa')


def tree(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text.startswith('-> '):
            path.symlink_to(text[3:])
        elif text.startswith('elf '):
            path.write_bytes(b'\x7fELF\x02\x01\x01'.ljust(18, b'\0') + struct.pack('<H', int(text[4:])) + bytes(40))
        elif text in NODES:
            os.mknod(path, NODES[text] | 0o600)
        else:
            path.write_text(text, encoding='utf-8')


def ext4(path, one):
    with tempfile.TemporaryDirectory() as name:
        tree(Path(name), one.get('files', {}))
        source = one.get('tree', name)
        command = ['mke2fs', '-q', '-F', '-t', 'ext4', '-d', source, '-N', '1024', '-J', 'size=4']
        command += ['-U', one.get('uuid', str(uuid.uuid4())), '-L', one.get('label', '')]
        command += ['-E', f'offset={one["start"] * MIB},root_owner=0:0', str(path), f'{one["size"]}M']
        subprocess.run(command, check=True, capture_output=True)


def vfat(one):
    """An empty FAT16 with clusters of 2 KiB: boot sector, two tables, a root folder."""
    sectors = one['size'] * PER_MIB
    table = -(-(sectors // 4 + 2) * 2 // SECTOR)
    boot = bytearray(SECTOR)
    shape = (512, 4, 4, 2, 512, 0, 0xF8, table, 32, 2, 0, sectors)
    struct.pack_into('<3s8sHBHBHHBHHHII', boot, 0, b'\xeb\x3c\x90', b'mkfs.fat', *shape)
    label = one.get('label', 'NO NAME').encode().ljust(11)
    serial = int(one.get('uuid', '1234-ABCD').replace('-', ''), 16)
    struct.pack_into('<BBBI11s8s', boot, 36, 0x80, 0, 0x29, serial, label, b'FAT16   ')
    boot[510:] = b'\x55\xaa'
    fat = struct.pack('<HH', 0xFFF8, 0xFFFF).ljust(table * SECTOR, b'\0')
    entry = label + b'\x08' + bytes(20)
    return bytes(boot) + bytes(3 * SECTOR) + fat + fat + entry.ljust(512 * 32, b'\0')


def luks(_):
    return (
        b'LUKS\xba\xbe' + struct.pack('>H', 1) + bytes(160) + b'01234567-89ab-cdef-0123-456789abcdef'.ljust(40, b'\0')
    )


def make(path, size, parts, table='gpt'):
    """Writes a disk of so many MiB."""
    path = Path(path)
    with path.open('wb') as file:
        file.truncate(size * MIB)
    for one in parts:
        if one.get('fs') == 'ext4':
            ext4(path, one)
        elif one.get('fs') is not None:
            write_at(path, one['start'] * MIB, {'vfat': vfat, 'luks': luks}[one['fs']](one))
    if table == 'gpt':
        gpt(path, size * PER_MIB, parts)
    elif table == 'mbr':
        mbr(path, parts)
    return path


if __name__ == '__main__':
    spec = json.load(sys.stdin)
    make(sys.argv[1], spec['size'], spec['partitions'], spec.get('table', 'gpt'))

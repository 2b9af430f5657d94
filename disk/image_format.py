"""Determines the format of a downloaded disk image from its content: image_format.py FILE LIMIT.

Prints FORMAT and the virtual size in bytes; FORMAT is qcow2, vmdk or raw. The file is not trusted, so its header is
inspected here before any tool follows it: an image that refers to another file (a backing file, an external data file,
an extent) could get this machine's files copied into the published image. LIMIT is the largest accepted virtual size.
"""

import json
import os
import re
import struct
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

WORKS = 'a whole disk as qcow2, raw or vmdk, also packed by zstd, xz or gzip'
VMDK_WORKS = 'one file with one extent: monolithicSparse or streamOptimized'
OTHERS = {
    b'conectix': 'a VHD',
    b'vhdxfile': 'a VHDX',
    b'COWD': 'a VMDK of an old ESX',
    b'# Disk DescriptorFile': 'the descriptor of a VMDK whose data is in other files',
    b'QED\0': 'a QED image',
    b'LUKS\xba\xbe': 'an encrypted disk',
    b'PK\x03\x04': 'a ZIP archive',
    b'BZh': 'packed by bzip2',
    b'<html': 'a web page',
    b'<!DOCTYPE': 'a web page',
}
# Bits of qcow2's incompatible features.
CORRUPT, DATA_FILE = 1 << 1, 1 << 2
SECTOR = 512
DESCRIPTOR = 20 * SECTOR


def refuse(what: str, expected: str, found: str, advice: str = 'take another image of the publisher') -> NoReturn:
    sys.exit(f'image: {what}\n  expected: {expected}\n  found:    {found}\n  next:     {advice}')


def qcow2(head: bytes) -> int:
    version, backing, name_length = struct.unpack_from('>IQI', head, 4)
    size, encryption = struct.unpack_from('>QI', head, 24)
    if version not in (2, 3):
        refuse('the image is a qcow of another version', 'version 2 or 3', str(version))
    features = struct.unpack_from('>Q', head, 72)[0] if version == 3 else 0
    if backing:
        name = head[backing : backing + min(name_length, 1023)].decode('utf-8', 'backslashreplace')
        refuse('the image stands on another file', 'all of its data in the one file', f'backing file {name!r}')
    if features & DATA_FILE:
        refuse('the image keeps its data in another file', 'all of its data in the one file', 'an external data file')
    if features & CORRUPT:
        refuse('the image says of itself that it is corrupt', 'a sound image', 'the mark "corrupt" in its header')
    if encryption:
        refuse('the image is encrypted', 'an image that anyone can read', f'encryption method {encryption}')
    return int(size)


def vmdk(head: bytes) -> int:
    capacity, _, offset, length = struct.unpack_from('<QQQQ', head, 12)
    if capacity == 0 or offset == 0:
        refuse('the VMDK has no data of its own', VMDK_WORKS, 'an empty extent, or no descriptor')
    # qemu looks for a parent right after the header, wherever the header says that the descriptor is.
    regions = (head[SECTOR : SECTOR + DESCRIPTOR], head[offset * SECTOR :][: min(length, 2048) * SECTOR])
    text = regions[1].split(b'\0')[0].decode('latin-1')
    orphan = re.search(r'^parentCID=f{8}\s*$', text, re.MULTILINE | re.IGNORECASE)
    if orphan is None or any(b'parentFileNameHint' in region for region in regions):
        refuse('the image stands on another file', 'a VMDK without a parent', 'a parent in its descriptor')
    extents = re.findall(r'^(?:RW|RDONLY|NOACCESS)\s+\d+\s+(\S+)', text, re.MULTILINE)
    if extents != ['SPARSE']:
        refuse('the VMDK keeps data in other files', VMDK_WORKS, f'extents: {", ".join(extents) or "none"}')
    return int(capacity) * SECTOR


def asked_of_qemu(path: Path, kind: str) -> int:
    """What qemu reads from the header. The format is given: guessing would put it under the image's control."""
    command = ['qemu-img', 'info', '-f', kind, '--output=json', '--', str(path.resolve())]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode != 0:
        refuse(f'qemu cannot read the image as {kind}', 'a sound image', done.stderr.strip()[-300:])
    told = json.loads(done.stdout)
    if 'backing-filename' in told or 'full-backing-filename' in told:
        refuse('the image stands on another file', 'all of its data in the one file', str(told.get('backing-filename')))
    return int(told['virtual-size'])


def main() -> None:
    path, limit = Path(sys.argv[1]), int(sys.argv[2])
    with path.open('rb') as file:
        head = file.read(2 << 20)
        length = os.fstat(file.fileno()).st_size
    for magic, what in OTHERS.items():
        if head.startswith(magic):
            refuse('the image has a format that cannot be read', WORKS, what)
    if head.startswith(b'QFI\xfb') and len(head) >= 104:
        kind, size = 'qcow2', qcow2(head)
    elif head.startswith(b'KDMV') and len(head) >= SECTOR:
        kind, size = 'vmdk', vmdk(head)
    else:
        kind, size = 'raw', length
    if size > limit:
        refuse('the image is too large', f'at most {limit} bytes ({limit >> 30} GiB)', f'{size} bytes')
    if kind != 'raw' and asked_of_qemu(path, kind) != size:
        refuse('the image contradicts itself', f'{size} bytes, as its header says', 'another size by its own tools')
    if size < 1 << 20 or (kind == 'raw' and size % SECTOR):
        refuse('the image is no disk', WORKS, f'{size} bytes')
    print(kind, size)


main()

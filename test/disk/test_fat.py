"""The FAT reader: free clusters of an EFI partition, as commands for qemu-io and as a report."""

import json
import struct

import pytest
from disks import ESP, MIB, make, part, write_at

SECTOR = 512


@pytest.mark.parametrize(('width', 'sectors', 'table'), [(12, 4000, 12), (16, 20000, 79), (32, 66000, 516)])
def test_every_width(tmp_path, tool, width, sectors, table):
    """Clusters of one sector; 2, 4 and 7 are in use."""
    disk = tmp_path / 'disk'
    disk.write_bytes(b'')
    start, reserved, roots = MIB, 32, 0 if width == 32 else 512
    boot = bytearray(SECTOR)
    shape = (SECTOR, 1, reserved, 2, roots, 0, 0xF8, 0 if width == 32 else table)
    struct.pack_into('<HBHBHHBH', boot, 11, *shape)
    data = (reserved + 2 * table) * SECTOR + roots * 32
    struct.pack_into('<II', boot, 32, data // SECTOR + sectors, table if width == 32 else 0)
    entries = [0xFF8, 0xFFF, 0xFFF, 0, 0xFFF, 0, 0, 0xFFF]
    if width == 12:
        packed = b''.join(
            (a | b << 12).to_bytes(3, 'little') for a, b in zip(entries[::2], [*entries, 0][1::2], strict=True)
        )
    else:
        # The four upper bits of a wide entry are no part of it.
        packed = b''.join(struct.pack('<H' if width == 16 else '<I', one) for one in entries)
        if width == 32:
            packed = packed[:19] + b'\xf0' + packed[20:]
    write_at(disk, start, bytes(boot) + bytes((reserved - 1) * SECTOR) + packed.ljust(2 * table * SECTOR, b'\0'))
    code, printed, error = tool('fat.py', 'zeroes', disk, start)
    assert (code, error) == (0, '')
    assert printed.splitlines() == [
        f'write -q -z -u {start + data + SECTOR} {SECTOR}',
        f'write -q -z -u {start + data + 3 * SECTOR} {2 * SECTOR}',
        f'write -q -z -u {start + data + 6 * SECTOR} {(sectors - 6) * SECTOR}',
    ]
    code, printed, error = tool('fat.py', 'report', disk, start)
    assert (code, error) == (0, '')
    said = json.loads(printed)
    assert (said['bits'], said['clusters'], said['clusterBytes']) == (width, sectors, SECTOR)
    # The second copy of the table was left empty, and entry 1 has no mark of a clean end where there is room for one.
    assert (said['same'], said['clean']) == (False, width == 12)
    assert said['free'][0] == {'start': start + data + SECTOR, 'end': start + data + 2 * SECTOR}


def test_nothing_of_the_kind(tmp_path, tool):
    code, printed, error = tool('fat.py', 'zeroes', make(tmp_path / 'disk', 8, [part(15, 1, 4, type=ESP)]), MIB)
    assert (code, printed) == (1, '')
    assert 'no FAT' in error

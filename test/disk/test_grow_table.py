"""The last partition gets what lies behind it, in every table that describes it."""

import binascii
import json
import struct
import subprocess

import pytest
from disks import BIOS, ESP, MIB, SECTOR, make, part, write_at

PARTS = [part(14, 1, 4, type=BIOS), part(15, 5, 4, type=ESP), part(1, 10, 8, name='root', partuuid='1' * 32)]


def enlarge(disk, size):
    with disk.open('r+b') as file:
        file.truncate(size * MIB)


def sfdisk(disk):
    """The table as another reader sees it, which checks both copies of a GPT; start and size in MiB by number."""
    done = subprocess.run(['sfdisk', '--json', disk], capture_output=True, text=True, check=True)
    assert done.stderr == ''
    rows = json.loads(done.stdout)['partitiontable']['partitions']
    return {int(row['node'].removeprefix(str(disk))): (row['start'] / 2048, row['size'] / 2048) for row in rows}


def test_gpt(tmp_path, tool):
    disk = make(tmp_path / 'disk', 20, PARTS)
    before = disk.read_bytes()
    enlarge(disk, 32)
    assert tool('grow_table.py', disk, 1) == (0, '', '')
    assert sfdisk(disk) == {14: (1, 4), 15: (5, 4), 1: (10, 21)}
    after = disk.read_bytes()
    # Names, types and ids stay; the protective MBR covers the disk; the backup says where it is itself.
    assert after[1024 : 1024 + 40] == before[1024 : 1024 + 40]
    assert after[1024 + 48 : 1024 + 128 * 128] == before[1024 + 48 : 1024 + 128 * 128]
    assert struct.unpack_from('<I', after, 446 + 12) == (32 * MIB // SECTOR - 1,)
    header = after[-SECTOR:]
    assert header[:8] == b'EFI PART'
    assert struct.unpack_from('<QQ', header, 24) == (32 * MIB // SECTOR - 1, 1)
    bare = header[:16] + bytes(4) + header[20:92]
    assert struct.unpack_from('<I', header, 16) == (binascii.crc32(bare),)
    write_at(disk, SECTOR, bytes(SECTOR))
    table = subprocess.run(['partx', '--bytes', '-o', 'NR', '--noheadings', disk], capture_output=True, check=True)
    assert table.stdout.split() == [b'1', b'14', b'15']


def test_mbr(tmp_path, tool):
    disk = make(tmp_path / 'disk', 20, [part(1, 1, 4), part(2, 5, 15)], 'mbr')
    enlarge(disk, 32)
    assert tool('grow_table.py', disk, 2) == (0, '', '')
    assert sfdisk(disk) == {1: (1, 4), 2: (5, 27)}


@pytest.mark.parametrize('number', [5, 6, 7])
def test_logical(tmp_path, tool, number):
    logical = [part(5, 6, 3), part(6, 10, 3), part(7, 14, 3)][: number - 4]
    disk = make(tmp_path / 'disk', 20, [part(1, 1, 3), part(2, 5, 15, type='0xf'), *logical], 'mbr')
    enlarge(disk, 32)
    assert tool('grow_table.py', disk, number) == (0, '', '')
    start = logical[-1]['start']
    rest = {one['number']: (one['start'], 3) for one in logical[:-1]}
    assert sfdisk(disk) == {1: (1, 3), 2: (5, 27), **rest, number: (start, 32 - start)}
    if number > 5:
        # The link to it, in the table of the one before, covers its own table and all of it.
        link = (logical[-2]['start'] - 1) * MIB + 446 + 16
        assert struct.unpack_from('<II', disk.read_bytes(), link + 8) == ((start - 6) * 2048, (33 - start) * 2048)


def test_mbr_ends_at_two_tebibytes(tmp_path, tool):
    disk = make(tmp_path / 'disk', 20, [part(1, 1, 18)], 'mbr')
    before = disk.read_bytes()
    enlarge(disk, 2 << 20)
    code, _, said = tool('grow_table.py', disk, 1)
    assert code == 1
    assert 'at most 2 TiB' in said
    with disk.open('rb') as file:
        assert file.read(len(before)) == before


@pytest.mark.parametrize('at', [SECTOR + 40, 2 * SECTOR + 33], ids=['header', 'entries'])
def test_a_damaged_gpt_is_not_written_over(tmp_path, tool, at):
    disk = make(tmp_path / 'disk', 20, PARTS)
    write_at(disk, at, b'x')
    before = disk.read_bytes()
    code, _, said = tool('grow_table.py', disk, 1)
    assert code == 1
    assert 'damaged' in said
    assert disk.read_bytes() == before

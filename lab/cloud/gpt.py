#!/usr/bin/python3
"""Writes a GUID partition table into a disk image: gpt.py DISK NUMBER:TYPE:FIRST:LAST...

FIRST and LAST are sectors of 512 bytes, both part of the partition; no LAST means to the end of the disk. Numbers need
not follow the order on the disk: in Ubuntu's images partition 1 lies behind 14, 15 and 16. Not by sgdisk or sfdisk,
which end with a sync of every file system of the machine. Layout: UEFI specification 2.10, chapter 5.
"""

import binascii
import struct
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

SECTOR = 512
ENTRIES = 128
ENTRY_SIZE = 128
TABLE_SECTORS = ENTRIES * ENTRY_SIZE // SECTOR
FIRST_USABLE = 2 + TABLE_SECTORS

TYPES = {
    'bios': uuid.UUID('21686148-6449-6e6f-744e-656564454649'),
    'esp': uuid.UUID('c12a7328-f81f-11d2-ba4b-00a0c93ec93b'),
    'xbootldr': uuid.UUID('bc13c2ff-59e6-4262-a352-b275fd6f7172'),
    'linux': uuid.UUID('0fc63daf-8483-4772-8e79-3d69d8477de4'),
}


@dataclass(frozen=True)
class Partition:
    """One entry of the table; both sectors are inclusive."""

    number: int
    type: str
    first: int
    last: int


def parse(word: str, last_usable: int) -> Partition:
    """Parses NUMBER:TYPE:FIRST:LAST; an empty LAST means the last sector that a partition may use."""
    number, kind, first, last = word.split(':')
    if kind not in TYPES:
        raise ValueError(f'{word}: the type is one of {", ".join(TYPES)}')
    return Partition(int(number), kind, int(first), int(last) if last else last_usable)


def check(partitions: list[Partition], last_usable: int) -> None:
    """Refuses partitions that overlap the tables or each other, and numbers that are out of range or repeated."""
    numbers = [partition.number for partition in partitions]
    if len(set(numbers)) != len(numbers) or not all(1 <= number <= ENTRIES for number in numbers):
        raise ValueError(f'numbers are different ones from 1 to {ENTRIES}, found {numbers}')
    end = FIRST_USABLE - 1
    for partition in sorted(partitions, key=lambda one: one.first):
        if partition.first <= end or not partition.first <= partition.last <= last_usable:
            raise ValueError(f'{partition}: expected sectors from {end + 1} to {last_usable}')
        end = partition.last


def entries(partitions: list[Partition]) -> bytes:
    """The table's entries, by number; each partition gets a new GUID."""
    table = bytearray(ENTRIES * ENTRY_SIZE)
    for one in partitions:
        struct.pack_into(
            '<16s16sQQQ72s',
            table,
            (one.number - 1) * ENTRY_SIZE,
            TYPES[one.type].bytes_le,
            uuid.uuid4().bytes_le,
            one.first,
            one.last,
            0,
            b'',
        )
    return bytes(table)


def header(table: bytes, disk: uuid.UUID, here: int, other: int, table_at: int, last_usable: int) -> bytes:
    """One of the two headers; its checksum is computed with the checksum field at zero."""

    def packed(checksum: int) -> bytes:
        sizes = (0x10000, 92, checksum, 0)
        where = (here, other, FIRST_USABLE, last_usable, disk.bytes_le, table_at)
        table_is = (ENTRIES, ENTRY_SIZE, binascii.crc32(table))
        return struct.pack('<8sIIIIQQQQ16sQIII', b'EFI PART', *sizes, *where, *table_is)

    return packed(binascii.crc32(packed(0))).ljust(SECTOR, b'\0')


def protective_mbr(sectors: int) -> bytes:
    """The 72 bytes after the boot code: one partition of type EE over the whole disk."""
    entry = struct.pack('<B3sB3sII', 0, b'\x00\x02\x00', 0xEE, b'\xff\xff\xff', 1, min(sectors - 1, 0xFFFFFFFF))
    return bytes(6) + entry + bytes(48) + b'\x55\xaa'


def write(disk: BinaryIO, sectors: int, partitions: list[Partition]) -> None:
    """Writes both tables and the protective MBR; the 440 bytes of boot code stay as they are."""
    last_usable = sectors - FIRST_USABLE
    check(partitions, last_usable)
    table, guid, backup = entries(partitions), uuid.uuid4(), sectors - 1 - TABLE_SECTORS
    disk.seek(440)
    disk.write(protective_mbr(sectors))
    disk.seek(SECTOR)
    disk.write(header(table, guid, 1, sectors - 1, 2, last_usable) + table)
    disk.seek(backup * SECTOR)
    disk.write(table + header(table, guid, sectors - 1, 1, backup, last_usable))


def main() -> None:
    path, *words = sys.argv[1:]
    sectors = Path(path).stat().st_size // SECTOR
    with Path(path).open('r+b') as disk:
        write(disk, sectors, [parse(word, sectors - FIRST_USABLE) for word in words])


if __name__ == '__main__':
    main()

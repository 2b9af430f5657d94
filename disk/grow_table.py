"""Extends a disk's last partition to the end of the disk: grow_table.py DISK NUMBER.

DISK is a plain file (or an export of one) that has been enlarged. GPT: the backup table moves to the new end, and the
protective MBR is extended. MBR: the partition's entry is changed, and for a logical partition the extended one around
it. sfdisk is not used because it syncs the whole machine when it ends.
"""

import os
import struct
import sys
import zlib
from typing import NoReturn

SECTOR = 512
ALIGN = 2048  # sectors: a megabyte, as every partitioning tool aligns
EXTENDED = (0x05, 0x0F, 0x85)
MBR_ENTRY = struct.Struct('<B3sB3sII')
GPT_HEADER = struct.Struct('<8sIIIIQQQQ16sQIII')
GPT_RANGE = struct.Struct('<QQ')
FAR = b'\xfe\xff\xff'  # a CHS address beyond what CHS can say


def refuse(what: str, expected: str, found: str) -> NoReturn:
    advice = 'take an image with a sound partition table'
    sys.exit(f'image: {what}\n  expected: {expected}\n  found:    {found}\n  next:     {advice}')


class Disk:
    """A disk, accessed by sectors."""

    def __init__(self, path: str) -> None:
        self.file = os.open(path, os.O_RDWR)
        self.sectors = os.lseek(self.file, 0, os.SEEK_END) // SECTOR

    def read(self, sector: int, count: int = 1) -> bytes:
        data = os.pread(self.file, count * SECTOR, sector * SECTOR)
        if len(data) != count * SECTOR:
            refuse('the partition table points behind the disk', f'{self.sectors} sectors', f'sector {sector}')
        return data

    def write(self, sector: int, data: bytes) -> None:
        if os.pwrite(self.file, data, sector * SECTOR) != len(data):
            refuse('the partition table could not be written', f'{len(data)} bytes at sector {sector}', 'fewer')

    def sync(self) -> None:
        os.fsync(self.file)


class Gpt:
    """The primary table, with its checksums verified."""

    def __init__(self, disk: Disk) -> None:
        header = disk.read(1)
        fields = list(GPT_HEADER.unpack_from(header))
        self.length = fields[2]
        self.entry_size, self.entries_lba = fields[12], fields[10]
        self.count = fields[11]
        bare = header[:16] + bytes(4) + header[20 : self.length]
        if not 92 <= self.length <= SECTOR or zlib.crc32(bare) != fields[3]:
            refuse('the GPT header is damaged', f'CRC {fields[3]:08x}', f'{zlib.crc32(bare):08x}')
        if not 128 <= self.entry_size <= 4096 or not 1 <= self.count <= 1024:
            refuse('the GPT has an unusual shape', '128 entries of 128 bytes', f'{self.count} of {self.entry_size}')
        self.table_sectors = -(-self.count * self.entry_size // SECTOR)
        self.entries = bytearray(disk.read(self.entries_lba, self.table_sectors))
        found = zlib.crc32(self.entries[: self.count * self.entry_size])
        if found != fields[13]:
            refuse('the GPT entries are damaged', f'CRC {fields[13]:08x}', f'{found:08x}')
        self.rest = header[GPT_HEADER.size : self.length]
        self.fields = fields

    def header(self, own: int, other: int, entries: int, last_usable: int) -> bytes:
        fields = [*self.fields]
        fields[3], fields[5], fields[6], fields[8], fields[10] = 0, own, other, last_usable, entries
        fields[13] = zlib.crc32(self.entries[: self.count * self.entry_size])
        fields[3] = zlib.crc32(GPT_HEADER.pack(*fields) + self.rest)
        return (GPT_HEADER.pack(*fields) + self.rest).ljust(SECTOR, b'\0')


def grow_gpt(disk: Disk, number: int) -> None:
    gpt = Gpt(disk)
    last = disk.sectors - 1
    last_usable = last - gpt.table_sectors - 1
    at = (number - 1) * gpt.entry_size + 32
    first, end = GPT_RANGE.unpack_from(gpt.entries, at)
    end = max(end, (last_usable + 1) // ALIGN * ALIGN - 1)
    GPT_RANGE.pack_into(gpt.entries, at, first, end)
    disk.write(last - gpt.table_sectors, bytes(gpt.entries))
    disk.write(last, gpt.header(last, 1, last - gpt.table_sectors, last_usable))
    disk.sync()
    disk.write(gpt.entries_lba, bytes(gpt.entries))
    disk.write(1, gpt.header(1, last, gpt.entries_lba, last_usable))
    disk.write(0, protective(disk.read(0), disk.sectors))
    disk.sync()


def protective(mbr: bytes, sectors: int) -> bytes:
    """The protective MBR, which keeps old tools off the disk; boot code and any other entry stay."""
    table = bytearray(mbr)
    for at in range(446, 510, 16):
        flags, begin, kind, _, start, _ = MBR_ENTRY.unpack_from(table, at)
        if kind == 0xEE:
            MBR_ENTRY.pack_into(table, at, flags, begin, kind, b'\xff\xff\xff', start, min(sectors - start, 0xFFFFFFFF))
    return bytes(table)


def entry(table: bytes | bytearray, index: int) -> tuple[int, int, int]:
    """Type, start and length of an MBR entry."""
    _, _, kind, _, start, length = MBR_ENTRY.unpack_from(table, 446 + 16 * index)
    return kind, start, length


def with_length(table: bytes, index: int, length: int) -> bytes:
    changed = bytearray(table)
    flags, begin, kind, _, start, _ = MBR_ENTRY.unpack_from(table, 446 + 16 * index)
    MBR_ENTRY.pack_into(changed, 446 + 16 * index, flags, begin, kind, FAR, start, length)
    return bytes(changed)


def grow_mbr(disk: Disk, number: int) -> None:
    end = disk.sectors // ALIGN * ALIGN
    if end > 0xFFFFFFFF:
        refuse('an MBR partition table cannot describe such a disk', 'at most 2 TiB', f'{disk.sectors * SECTOR} bytes')
    mbr = disk.read(0)
    if number <= 4:
        _, start, length = entry(mbr, number - 1)
        disk.write(0, with_length(mbr, number - 1, max(length, end - start)))
    else:
        grow_logical(disk, mbr, number, end)
    disk.sync()


def grow_logical(disk: Disk, mbr: bytes, number: int, end: int) -> None:
    """A logical partition: its own entry, the link to it in the chain, and the extended partition around them."""
    outer = next(index for index in range(4) if entry(mbr, index)[0] in EXTENDED)
    _, base, length = entry(mbr, outer)
    disk.write(0, with_length(mbr, outer, max(length, end - base)))
    at, before = base, None
    for _ in range(number - 5):
        before = at
        kind, start, _ = entry(disk.read(at), 1)
        if kind not in EXTENDED:
            refuse('the chain of logical partitions is broken', f'partition {number}', f'nothing behind sector {at}')
        at = base + start
    table = disk.read(at)
    _, start, length = entry(table, 0)
    disk.write(at, with_length(table, 0, max(length, end - at - start)))
    if before is not None:
        link = disk.read(before)
        disk.write(before, with_length(link, 1, max(entry(link, 1)[2], end - at)))


def main() -> None:
    path, number = sys.argv[1], int(sys.argv[2])
    disk = Disk(path)
    if disk.read(1)[:8] == b'EFI PART':
        grow_gpt(disk, number)
    elif disk.read(0)[510:] == b'\x55\xaa':
        grow_mbr(disk, number)
    else:
        refuse('the disk has no partition table', 'GPT or MBR', 'neither')


if __name__ == '__main__':
    main()

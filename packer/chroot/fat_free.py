"""Prints qemu-io's commands that make every free cluster of a FAT file system read as zero: fat_free.py DISK START.

DISK is a raw disk's file, START the first byte of the partition. A kernel's trim reaches whole clusters of the image
only, and many trim no vfat at all (fault 47).
"""

import os
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Fat:
    """Where things are, in bytes from the start of the file system."""

    table: int
    table_bytes: int
    bits: int
    clusters: int
    data: int
    cluster_bytes: int


def shape(boot: bytes) -> Fat:
    """From the boot sector, by Microsoft's FAT specification; the number of clusters alone tells an entry's width."""
    sector, per_cluster, reserved, tables, roots, short_total = struct.unpack_from('<HBHBHH', boot, 11)
    (short_table,) = struct.unpack_from('<H', boot, 22)
    long_total, long_table = struct.unpack_from('<II', boot, 32)
    if sector not in (512, 1024, 2048, 4096) or per_cluster == 0 or tables == 0:
        sys.exit('image: an EFI partition is no FAT file system')
    table = (short_table or long_table) * sector
    data = reserved * sector + tables * table + -(-roots * 32 // sector) * sector
    cluster = per_cluster * sector
    clusters = ((short_total or long_total) * sector - data) // cluster
    bits = 12 if clusters < 4085 else 16 if clusters < 65525 else 32
    return Fat(reserved * sector, table, bits, clusters, data, cluster)


def entries(table: bytes, fat: Fat) -> Iterator[int]:
    """The entry of each cluster, from number 2 on."""
    for number in range(2, fat.clusters + 2):
        if fat.bits == 32:
            yield struct.unpack_from('<I', table, number * 4)[0] & 0x0FFFFFFF
        elif fat.bits == 16:
            yield struct.unpack_from('<H', table, number * 2)[0]
        else:
            pair = struct.unpack_from('<H', table, number * 3 // 2)[0]
            yield pair >> 4 if number % 2 else pair & 0xFFF


def free_runs(table: bytes, fat: Fat) -> Iterator[tuple[int, int]]:
    """First cluster, counted from 0, and number of clusters of each run of free ones."""
    begin = None
    for index, entry in enumerate([*entries(table, fat), -1]):
        if entry == 0 and begin is None:
            begin = index
        elif entry != 0 and begin is not None:
            yield begin, index - begin
            begin = None


def main() -> None:
    disk, start = os.open(sys.argv[1], os.O_RDONLY), int(sys.argv[2])
    fat = shape(os.pread(disk, 512, start))
    table = os.pread(disk, fat.table_bytes, start + fat.table)
    for first, count in free_runs(table, fat):
        print('write -q -z -u', start + fat.data + first * fat.cluster_bytes, count * fat.cluster_bytes)


if __name__ == '__main__':
    main()

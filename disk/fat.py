"""Reads a FAT file system inside a raw disk: fat.py zeroes|report DISK START.

START is the first byte of the partition. `zeroes` prints qemu-io commands that zero every free cluster: a kernel's trim
only reaches whole clusters of the image, and many kernels can't trim vfat at all (fault 47). `report` prints as JSON
whether the file system is sound, and its free clusters as byte ranges of the disk.
"""

import json
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
    tables: int
    bits: int
    clusters: int
    data: int
    cluster_bytes: int


def shape(boot: bytes) -> Fat:
    """Parses the boot sector, by Microsoft's FAT specification. The cluster count alone decides the entries' width."""
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
    return Fat(reserved * sector, table, tables, bits, clusters, data, cluster)


def entries(table: bytes, fat: Fat) -> Iterator[int]:
    """The table's entry for each cluster, starting with cluster 2."""
    for number in range(2, fat.clusters + 2):
        if fat.bits == 32:
            yield struct.unpack_from('<I', table, number * 4)[0] & 0x0FFFFFFF
        elif fat.bits == 16:
            yield struct.unpack_from('<H', table, number * 2)[0]
        else:
            pair = struct.unpack_from('<H', table, number * 3 // 2)[0]
            yield pair >> 4 if number % 2 else pair & 0xFFF


def free_runs(table: bytes, fat: Fat) -> Iterator[tuple[int, int]]:
    """First cluster, counted from 0, and length of each run of free clusters."""
    begin = None
    for index, entry in enumerate([*entries(table, fat), -1]):
        if entry == 0 and begin is None:
            begin = index
        elif entry != 0 and begin is not None:
            yield begin, index - begin
            begin = None


def is_marked_clean(table: bytes, fat: Fat) -> bool:
    """Whether it was cleanly unmounted. Mounting clears a bit of entry 1; FAT12 has no such bit."""
    if fat.bits == 12:
        return True
    mark, form, at = (0x8000, '<H', 2) if fat.bits == 16 else (0x08000000, '<I', 4)
    return bool(struct.unpack_from(form, table, at)[0] & mark)


def read(disk: int, start: int, size: int) -> bytes:
    data = os.pread(disk, size, start)
    if len(data) < size:
        sys.exit(f'image: a FAT file system ends too early: {len(data)} of {size} bytes at {start}')
    return data


def free_ranges(table: bytes, fat: Fat, start: int) -> Iterator[tuple[int, int]]:
    """First byte on the disk and length in bytes of each run of free clusters."""
    for first, count in free_runs(table, fat):
        yield start + fat.data + first * fat.cluster_bytes, count * fat.cluster_bytes


def report(copies: list[bytes], fat: Fat, start: int) -> dict[str, object]:
    return {
        'bits': fat.bits,
        'clusters': fat.clusters,
        'clusterBytes': fat.cluster_bytes,
        'same': all(copy == copies[0] for copy in copies),
        'clean': is_marked_clean(copies[0], fat),
        'free': [{'start': at, 'end': at + size} for at, size in free_ranges(copies[0], fat, start)],
    }


def main() -> None:
    action, path, start = sys.argv[1], sys.argv[2], int(sys.argv[3])
    disk = os.open(path, os.O_RDONLY)
    fat = shape(read(disk, start, 512))
    tables = range(fat.tables if action == 'report' else 1)
    copies = [read(disk, start + fat.table + number * fat.table_bytes, fat.table_bytes) for number in tables]
    if action == 'report':
        print(json.dumps(report(copies, fat, start)))
    else:
        for at, size in free_ranges(copies[0], fat, start):
            print('write -q -z -u', at, size)


if __name__ == '__main__':
    main()

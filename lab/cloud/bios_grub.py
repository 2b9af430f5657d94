#!/usr/bin/python3
"""Makes a disk image boot GRUB by BIOS: bios_grub.py DISK BOOT_IMG CORE_IMG FIRST_SECTOR SECTORS.

boot.img goes to the boot code of the MBR, core.img to the BIOS boot partition, which begins at FIRST_SECTOR and has
SECTORS. grub-install and grub-bios-setup would do the same, but look for the disk among the machine's devices, and a
loop device has no partition nodes everywhere. What stands where: boot.S and diskboot.S in grub-core/boot/i386/pc, and
include/grub/i386/pc/boot.h.
"""

import struct
import sys
from pathlib import Path

SECTOR = 512
# The MBR's boot code ends here; disk signature and partition table follow.
BOOT_CODE = 440
# Offset in boot.img of the 64-bit number of core.img's first sector.
KERNEL_SECTOR = 0x5C
# Offset in boot.img of a jump over the line that assumes drive 0x80 if the BIOS doesn't name the boot drive. For a hard
# disk grub-bios-setup overwrites it with two no-ops, and so do we.
DRIVE_CHECK = 0x66
JUMP, NO_OPERATION = b'\xeb', b'\x90\x90'
# core.img's first sector (diskboot.img) loads the rest by a list that ends here and grows downwards. Each entry: first
# sector (64 bits), number of sectors and target segment (16 bits each).
BLOCK_LIST = SECTOR - 12


def boot_code(boot: bytes, first_sector: int) -> bytes:
    """boot.img with the location of core.img."""
    if len(boot) != SECTOR or boot[DRIVE_CHECK : DRIVE_CHECK + 1] != JUMP:
        raise ValueError("boot.img is not GRUB's for a PC: expected 512 bytes with a jump at 0x66")
    code = bytearray(boot)
    struct.pack_into('<Q', code, KERNEL_SECTOR, first_sector)
    code[DRIVE_CHECK : DRIVE_CHECK + 2] = NO_OPERATION
    return bytes(code[:BOOT_CODE])


def core_image(core: bytes, first_sector: int, sectors: int) -> bytes:
    """core.img with the location of its second sector, right after the first. grub-mkimage has filled in the length."""
    needed = -(-len(core) // SECTOR)
    if needed > sectors:
        raise ValueError(f'core.img needs {needed} sectors, the BIOS boot partition has {sectors}')
    _, length, segment = struct.unpack_from('<QHH', core, BLOCK_LIST)
    if length != needed - 1:
        found = f'{length} sectors to segment {segment:#x}'
        raise ValueError(f"core.img is not GRUB's for a PC: its block list has {found}, expected {needed - 1} sectors")
    image = bytearray(core)
    struct.pack_into('<Q', image, BLOCK_LIST, first_sector + 1)
    return bytes(image)


def main() -> None:
    disk_path, boot_path, core_path, first_word, sectors_word = sys.argv[1:]
    first_sector = int(first_word)
    boot = boot_code(Path(boot_path).read_bytes(), first_sector)
    core = core_image(Path(core_path).read_bytes(), first_sector, int(sectors_word))
    with Path(disk_path).open('r+b') as disk:
        disk.write(boot)
        disk.seek(first_sector * SECTOR)
        disk.write(core)


if __name__ == '__main__':
    main()

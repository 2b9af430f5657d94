"""Which partition is the root, and what is refused instead of guessed."""

import pytest
from disks import BIOS, ESP, MIB, ROOT, make, part, system, write_at


def test_like_ubuntu(tmp_path, layout):
    fstab = 'LABEL=cloudimg-rootfs / ext4 discard 0 1\nLABEL=BOOT /boot ext4 rw 0 2\nLABEL=UEFI /boot/efi vfat rw 0 1\n'
    parts = [
        part(1, 60, 28, fs='ext4', label='cloudimg-rootfs', files=system(fstab)),
        part(14, 1, 4, type=BIOS),
        part(15, 5, 20, type=ESP, fs='vfat', label='UEFI'),
        part(16, 26, 20, fs='ext4', label='BOOT'),
    ]
    disk = make(tmp_path / 'disk', 90, parts)
    assert layout(disk) == [(1, 'ext4', '/'), (15, 'vfat', '/boot/efi'), (16, 'ext4', '/boot')]


def test_one_mbr_partition(tmp_path, layout):
    assert layout(make(tmp_path / 'disk', 20, [part(1, 1, 18, fs='ext4')], 'mbr')) == [(1, 'ext4', '/')]


def test_logical_partition(tmp_path, layout):
    fstab = 'UUID=11111111-2222-3333-4444-555555555555 /boot ext4 defaults 0 2\nPARTUUID=12345678-06 / ext4 rw 0 1\n'
    parts = [
        part(1, 1, 17, fs='ext4', uuid='11111111-2222-3333-4444-555555555555'),
        part(2, 19, 41, type='0xf'),
        part(5, 20, 18, fs='ext4'),
        part(6, 39, 20, fs='ext4', files=system(fstab)),
    ]
    assert layout(make(tmp_path / 'disk', 62, parts, 'mbr')) == [
        (6, 'ext4', '/'),
        (1, 'ext4', '/boot'),
        (5, 'ext4', '-'),
    ]


def test_the_type_comes_before_a_label(tmp_path, layout):
    parts = [part(1, 1, 20, fs='ext4', label='root'), part(2, 22, 16, fs='ext4', type=ROOT)]
    assert layout(make(tmp_path / 'disk', 40, parts))[0] == (2, 'ext4', '/')


def test_a_label_comes_before_size(tmp_path, layout):
    parts = [part(1, 1, 24, fs='ext4', files=system()), part(2, 26, 16, fs='ext4', label='boxhound-root')]
    assert layout(make(tmp_path / 'disk', 44, parts))[0] == (2, 'ext4', '/')


def test_the_largest_that_holds_a_system(tmp_path, layout):
    parts = [
        part(1, 1, 30, fs='ext4'),
        part(2, 32, 16, fs='ext4', files=system()),
        part(3, 49, 18, fs='ext4', files=system()),
    ]
    assert layout(make(tmp_path / 'disk', 70, parts))[0] == (3, 'ext4', '/')


@pytest.mark.parametrize(
    ('parts', 'said'),
    [
        ([part(1, 1, 16, fs='ext4'), part(2, 18, 16, fs='ext4')], 'no root file system on the disk'),
        ([part(1, 1, 16, type=ROOT), part(2, 18, 16, type=ROOT)], 'has 2 partitions of the type'),
        (
            [part(1, 1, 16, fs='ext4', label='root'), part(2, 18, 16, fs='ext4', label='x-root')],
            'has 2 file systems labelled',
        ),
        (
            [part(1, 1, 16, fs='ext4', files=system()), part(2, 18, 16, fs='ext4', files=system())],
            'two systems of the same size',
        ),
        ([part(1, 1, 16, fs='ext4', label='BOOT'), part(2, 18, 16, fs='luks')], 'partition 2, 16 MiB, crypto_LUKS'),
        ([part(1, 1, 16, fs='luks', type=ROOT)], 'of a kind that cannot be built in'),
    ],
    ids=['none', 'types', 'labels', 'sizes', 'encrypted', 'encrypted by type'],
)
def test_what_is_refused(tmp_path, layout, parts, said):
    found = layout(make(tmp_path / 'disk', 36, parts))
    assert said in found
    assert [line.split(':')[0] for line in found.splitlines()] == ['image', '  expected', '  found', '  next']


def test_an_extended_partition_is_no_partition(tmp_path, layout):
    parts = [part(1, 1, 16, fs='vfat'), part(2, 18, 16, type='0xf'), part(5, 19, 14, fs='vfat')]
    found = layout(make(tmp_path / 'disk', 36, parts, 'mbr'))
    assert 'partition 1, 16 MiB, vfat' in found
    assert 'partition 5, 14 MiB, vfat' in found
    assert 'partition 2' not in found


def test_no_table(tmp_path, layout):
    assert 'no partition table' in layout(make(tmp_path / 'disk', 8, [], 'none'))


def test_a_name_is_only_text(tmp_path, layout):
    parts = [part(1, 1, 16, fs='ext4', name='a" START="7', label="$(id) '\\x"), part(2, 18, 8, name='\t`id`')]
    assert layout(make(tmp_path / 'disk', 30, parts)) == [(1, 'ext4', '/')]


def test_an_enlarged_disk_keeps_its_table(tmp_path, layout):
    disk = make(tmp_path / 'disk', 20, [part(1, 1, 16, fs='ext4')])
    with disk.open('r+b') as file:
        file.truncate(40 * MIB)
    assert layout(disk) == [(1, 'ext4', '/')]
    write_at(disk, 512 + 40, b'damaged')
    assert 'no partition table' in layout(disk)


def test_a_damaged_table_has_a_backup(tmp_path, layout):
    disk = make(tmp_path / 'disk', 20, [part(1, 1, 16, fs='ext4')])
    write_at(disk, 512 + 40, b'damaged')
    assert layout(disk) == [(1, 'ext4', '/')]

"""What a downloaded image is, told without following what it names."""

import struct
import subprocess

import pytest
from disks import MIB, make, part, write_at

LIMIT = 64 << 30


def qemu_img(*words):
    subprocess.run(['qemu-img', *map(str, words)], check=True, capture_output=True)


@pytest.fixture
def raw(tmp_path):
    return make(tmp_path / 'disk.raw', 8, [part(1, 1, 6)])


@pytest.mark.parametrize(
    ('kind', 'options'),
    [
        ('qcow2', ''),
        ('qcow2', 'compat=0.10'),
        ('qcow2', 'compression_type=zstd,extended_l2=on'),
        ('vmdk', 'subformat=monolithicSparse'),
        ('vmdk', 'subformat=streamOptimized'),
    ],
)
def test_what_works(tmp_path, raw, tool, kind, options):
    made = tmp_path / 'made'
    qemu_img('convert', '-f', 'raw', '-O', kind, *(['-o', options] if options else []), raw, made)
    assert tool('image_format.py', made, LIMIT) == (0, f'{kind} {8 * MIB}\n', '')


def test_a_raw_disk(raw, tool):
    assert tool('image_format.py', raw, LIMIT) == (0, f'raw {8 * MIB}\n', '')


def refused(tool, image, said, limit=LIMIT):
    code, printed, error = tool('image_format.py', image, limit)
    assert (code, printed) == (1, '')
    assert said in error
    assert [line.split(':')[0] for line in error.splitlines()] == ['image', '  expected', '  found', '  next']


def test_a_backing_file(tmp_path, raw, tool):
    qemu_img('create', '-f', 'qcow2', '-b', raw, '-F', 'raw', tmp_path / 'made')
    refused(tool, tmp_path / 'made', f"backing file '{raw}'")


def test_a_raw_disk_whose_first_bytes_name_a_backing_file(raw, tool):
    head = struct.pack('>4sIQIIQI', b'QFI\xfb', 2, 512, 11, 16, 8 * MIB, 0)
    write_at(raw, 0, head)
    write_at(raw, 512, b'/etc/shadow')
    refused(tool, raw, "backing file '/etc/shadow'")


def test_an_external_data_file(tmp_path, tool):
    qemu_img('create', '-f', 'qcow2', '-o', f'data_file={tmp_path}/data,data_file_raw=on', tmp_path / 'made', '8M')
    refused(tool, tmp_path / 'made', 'an external data file')


def test_an_encrypted_image(tmp_path, raw, tool):
    qemu_img('convert', '-O', 'qcow2', raw, tmp_path / 'made')
    write_at(tmp_path / 'made', 32, struct.pack('>I', 1))
    refused(tool, tmp_path / 'made', 'encryption method 1')


def test_an_image_that_says_it_is_corrupt(tmp_path, raw, tool):
    qemu_img('convert', '-O', 'qcow2', raw, tmp_path / 'made')
    write_at(tmp_path / 'made', 72, struct.pack('>Q', 2))
    refused(tool, tmp_path / 'made', '"corrupt"')


@pytest.mark.parametrize('subformat', ['monolithicFlat', 'twoGbMaxExtentSparse', 'twoGbMaxExtentFlat'])
def test_a_vmdk_of_several_files(tmp_path, raw, tool, subformat):
    qemu_img('convert', '-f', 'raw', '-O', 'vmdk', '-o', f'subformat={subformat}', raw, tmp_path / 'made.vmdk')
    refused(tool, tmp_path / 'made.vmdk', 'whose data is in other files')


def edited(image, old, new):
    """The image with some text of its descriptor replaced by as much other text."""
    data = image.read_bytes()
    assert old in data
    image.write_bytes(data.replace(old, new.ljust(len(old)), 1))


@pytest.mark.parametrize(
    ('old', 'new', 'said'),
    [
        (b'parentCID=ffffffff', b'parentCID=12345678', 'a parent in its descriptor'),
        (b'# Extent description', b'parentFileNameHint=x', 'a parent in its descriptor'),
        (b'SPARSE "made', b'FLAT "/etc/x', 'extents: FLAT'),
    ],
)
def test_a_vmdk_that_names_other_files(tmp_path, raw, tool, old, new, said):
    qemu_img('convert', '-f', 'raw', '-O', 'vmdk', raw, tmp_path / 'made.vmdk')
    edited(tmp_path / 'made.vmdk', old, new)
    refused(tool, tmp_path / 'made.vmdk', said)


def test_a_vmdk_that_is_only_a_descriptor(tmp_path, raw, tool):
    qemu_img('convert', '-f', 'raw', '-O', 'vmdk', raw, tmp_path / 'made.vmdk')
    write_at(tmp_path / 'made.vmdk', 12, bytes(8))
    refused(tool, tmp_path / 'made.vmdk', 'an empty extent')


@pytest.mark.parametrize(
    ('head', 'said'),
    [(b'vhdxfile', 'a VHDX'), (b'<!DOCTYPE html>', 'a web page'), (b'BZh9', 'bzip2'), (b'QFI\xfb\0\0\0\1', 'version')],
)
def test_other_formats(raw, tool, head, said):
    write_at(raw, 0, head)
    refused(tool, raw, said)


def test_the_limit(tmp_path, raw, tool):
    refused(tool, raw, f'at most {4 * MIB} bytes', 4 * MIB)
    qemu_img('create', '-f', 'qcow2', tmp_path / 'made', '65G')
    refused(tool, tmp_path / 'made', f'{65 << 30} bytes')


def test_no_whole_sectors(raw, tool):
    with raw.open('ab') as file:
        file.write(b'x')
    refused(tool, raw, 'no disk')

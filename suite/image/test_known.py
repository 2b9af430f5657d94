"""What a search ignores: bytes of a file that is exactly as its package shipped it, and nothing else."""

import hashlib
import subprocess
from pathlib import Path

import pytest

TOOL = Path(__file__).parent / 'known.py'
SECRET = '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIDSojLaSmKlHEoBy7MqdD3PdAvBrw35bZ1Bzq0DjTJ5P\n'
OFFSET = 1 << 20


@pytest.fixture
def disk(tmp_path):
    """An ext4 at 1 MiB with a packaged library, one that was modified, and a file of no package."""
    files = {
        'usr/lib/whole.so': f'whole {SECRET}',
        'usr/lib/changed.so': f'changed {SECRET}',
        'etc/own.conf': f'own {SECRET}',
        'usr/share/short': 'a short text',
    }
    sums = {path: hashlib.md5(text.encode(), usedforsecurity=False).hexdigest() for path, text in files.items()}
    sums['usr/lib/changed.so'] = '0' * 32
    del sums['etc/own.conf']
    # The folder's name in packages built before /lib became a link.
    listed = ''.join(f'{digest}  {path.removeprefix("usr/")}\n' for path, digest in sums.items())
    for path, text in {**files, 'var/lib/dpkg/info/a.md5sums': listed}.items():
        target = tmp_path / 'tree' / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding='utf-8')
    image = tmp_path / 'disk'
    command = ['mke2fs', '-q', '-F', '-t', 'ext4', '-d', tmp_path / 'tree', '-E', f'offset={OFFSET}', image, '8M']
    subprocess.run([str(word) for word in command], check=True)
    return image


def known(disk, *offsets):
    text = ''.join(f'{offset}\n' for offset in offsets)
    command = ['python3', '-IB', TOOL, disk, f'ext4:{OFFSET}:/']
    return list(
        map(int, subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout.split())
    )


def place(disk, text):
    return disk.read_bytes().index(text.encode()) + len(text)


def test_only_what_a_package_brought(disk):
    whole, changed, own = (place(disk, f'{name} ') for name in ('whole', 'changed', 'own'))
    assert disk.read_bytes()[whole:].startswith(SECRET.encode())
    assert known(disk, whole, changed, own) == [whole]


def test_free_blocks_and_other_parts_of_the_disk_are_nobodys(disk):
    with disk.open('r+b') as file:
        for at in (4096, OFFSET + (7 << 20)):
            file.seek(at)
            file.write(SECRET.encode())
    assert known(disk, 4096, OFFSET + (7 << 20)) == []


def test_what_lies_behind_the_end_of_a_file_is_not_the_file(disk):
    end = place(disk, 'a short text')
    with disk.open('r+b') as file:
        file.seek(end + 8)
        file.write(SECRET.encode())
    assert known(disk, end + 8) == []

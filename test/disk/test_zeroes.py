"""What the seal makes zero: free blocks of every file system, by either tool that can tell them (fault 47)."""

import os
import subprocess

import pytest
from disks import DISK, ESP, MIB, make, part


@pytest.fixture
def disk(tmp_path):
    parts = [part(1, 40, 20, fs='ext4', label='root', files={'etc/a': 'a' * 5000}), part(2, 22, 16, fs='ext4')]
    return make(tmp_path / 'disk', 62, [*parts, part(15, 1, 20, type=ESP, fs='vfat')])


def zeroed(disk, tools=None):
    """Every KiB that a seal would make zero, counted from the start of the disk; exit status and stderr otherwise."""
    path = os.environ['PATH'] if tools is None else f'{tools}:{os.environ["PATH"]}'
    script = f'set -Eeuo pipefail; . {DISK}/overlay.sh; overlay_zeroes "$1"'
    command = ['bash', '-c', script, 'bash', disk]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, 'PATH': path})
    if done.returncode != 0:
        return done.returncode, done.stderr
    rows = [line.split() for line in done.stdout.splitlines()]
    assert all(row[:4] == ['write', '-q', '-z', '-u'] for row in rows)
    return {at for row in rows for at in range(int(row[4]) // 1024, (int(row[4]) + int(row[5])) // 1024)}


def free_of(disk, start):
    header = subprocess.run(
        ['tune2fs', '-l', f'{disk}?offset={start * MIB}'], capture_output=True, text=True, check=True
    )
    fields = dict(line.split(':', 1) for line in header.stdout.splitlines() if ':' in line)
    return int(fields['Free blocks']) * int(fields['Block size']) // 1024


def test_every_file_system(disk):
    found = zeroed(disk)
    for start, size in ((40, 20), (22, 16)):
        assert len([at for at in found if start * 1024 <= at < (start + size) * 1024]) == free_of(disk, start)
    # The clusters of an empty FAT16 are all free: what lies before them are boot sector, two tables and a folder.
    assert 19 * 1024 < len([at for at in found if at < 21 * 1024]) < 20 * 1024
    content = disk.read_bytes().index(b'a' * 1024)
    assert content // 1024 not in found


def test_a_dumpe2fs_that_knows_no_offset(disk, tmp_path):
    (tmp_path / 'tools').mkdir()
    stub = tmp_path / 'tools' / 'dumpe2fs'
    stub.write_text('#!/bin/sh\necho "dumpe2fs: Unable to resolve \'$1\'" >&2\nexit 1\n', encoding='utf-8')
    stub.chmod(0o755)
    assert zeroed(disk, tmp_path / 'tools') == zeroed(disk)


def test_a_journal_to_be_replayed(disk):
    # Then what counts as free may be in use.
    device = f'{disk}?offset={40 * MIB}'
    subprocess.run(['debugfs', '-w', '-R', 'feature needs_recovery', device], capture_output=True, check=True)
    assert zeroed(disk) == (1, 'image: partition 1 was not unmounted\n')

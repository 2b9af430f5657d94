"""New files in the root of an image, in place: insert.sh."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from disks import BIOS, DISK, MIB, make, part, system

pytestmark = pytest.mark.skipif(
    shutil.which('qemu-storage-daemon') is None or not os.access('/dev/fuse', os.W_OK),
    reason='the export needs qemu-storage-daemon and /dev/fuse',
)

START = 2
FOLDERS = {
    'usr/lib/boxhound/first-boot.d/early/30-host-keys': '#!/bin/sh\n',
    'etc/cloud/cloud.cfg.d/90-boxhound.cfg': 'a: b\n',
}
NEW = {
    'usr/lib/boxhound/first-boot.d/early/50-vagrant': ('#!/bin/sh\necho in\n' * 3000, 0o755),
    'etc/cloud/cloud.cfg.d/95-vagrant.cfg': ('c: d\n', 0o644),
}


def qemu_img(*words):
    subprocess.run(['qemu-img', *map(str, words)], check=True, capture_output=True)


def raw_of(image: Path) -> Path:
    raw = image.with_suffix('.raw')
    qemu_img('convert', '-f', 'qcow2', '-O', 'raw', image, raw)
    return raw


def debugfs(disk: Path, *requests: str, write: bool = False) -> str:
    words = ['debugfs', *(['-w'] if write else []), '-f', '-', f'{disk}?offset={START * MIB}']
    told = '\n'.join(requests)
    env = os.environ | {'TZ': 'UTC0'}
    return subprocess.run(words, input=told, env=env, capture_output=True, text=True, check=True).stdout


def content(disk: Path, path: str) -> str:
    """Of a file in it, read by dumping it: `cat` would answer between prompts."""
    out = disk.with_suffix('.out')
    debugfs(disk, f'dump {path} {out}')
    return out.read_text()


@pytest.fixture
def image(tmp_path):
    """A golden image in small: a root in the second partition."""
    root = part(2, START, 20, fs='ext4', label='boxhound-root', files=system(**FOLDERS))
    make(tmp_path / 'disk', 24, [part(1, 1, 1, type=BIOS), root])
    qemu_img('convert', '-f', 'raw', '-O', 'qcow2', '-c', tmp_path / 'disk', tmp_path / 'image.qcow2')
    (tmp_path / 'disk').unlink()
    return tmp_path / 'image.qcow2'


@pytest.fixture
def tree(tmp_path):
    """Writes a tree: paths to (text, mode)."""

    def write(files) -> Path:
        folder = tmp_path / 'tree'
        for name, (text, mode) in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            path.chmod(mode)
        folder.mkdir(exist_ok=True)
        return folder

    return write


@pytest.fixture
def insert(tmp_path):
    """Runs insert.sh: what is left mounted or running afterwards fails the test."""
    runs = []

    def run(image: Path, tree: Path) -> subprocess.CompletedProcess[str]:
        folder = tmp_path / f'run-{len(runs)}'
        folder.mkdir()
        runs.append(folder)
        command = ['bash', DISK / 'insert.sh', image, tree, folder]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    yield run
    mounts = Path('/proc/self/mounts').read_text().splitlines()
    left = [line for folder in runs for line in mounts if f'{folder}/' in line]
    daemons = [pid.read_text().strip() for folder in runs for pid in folder.glob('daemon.pid')]
    alive = [pid for pid in daemons if Path(f'/proc/{pid}').exists()]
    for pid in alive:
        subprocess.run(['kill', '-KILL', pid], check=False)
    for folder in runs:
        subprocess.run(['umount', '--quiet', '--lazy', folder / 'disk'], check=False, capture_output=True)
    assert (left, alive) == ([], [])


def done(result: subprocess.CompletedProcess[str]) -> None:
    assert (result.returncode, result.stderr) == (0, '')


def test_files_are_there_with_their_content_as_roots_and_may_be_executed_or_not(image, tree, insert):
    done(insert(image, tree(NEW)))
    disk = raw_of(image)
    for path, (text, mode) in NEW.items():
        told = debugfs(disk, f'stat /{path}')
        assert re.search(rf'Type: regular +Mode: +0{mode:o} ', told), told
        assert re.search(r'User: +0 +Group: +0 ', told), told
        assert content(disk, f'/{path}') == text


def test_the_file_system_is_sound_and_holds_these_files_more_and_no_others(image, tree, insert):
    before = raw_of(image).rename(image.with_name('before.raw'))
    done(insert(image, tree(NEW)))
    disk = raw_of(image)
    device = f'{disk}?offset={START * MIB}'
    checked = subprocess.run(['e2fsck', '-fn', device], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout

    def names(disk: Path) -> set[str]:
        folder = disk.with_suffix('.tree')
        folder.mkdir()
        debugfs(disk, f'rdump / {folder}')
        return {str(path.relative_to(folder)) for path in folder.rglob('*')}

    assert names(disk) - names(before) == set(NEW)
    assert disk.read_bytes()[: START * MIB] == before.read_bytes()[: START * MIB]
    qemu_img('check', '-q', image)


def test_the_same_image_and_tree_give_the_same_bytes_with_a_time_of_no_day(image, tree, insert, tmp_path):
    other = Path(shutil.copy(image, tmp_path / 'other.qcow2'))
    folder = tree(NEW)
    done(insert(image, folder))
    for path in folder.rglob('*'):
        os.utime(path, (1, 1))
    done(insert(other, Path(shutil.copytree(folder, tmp_path / 'another place'))))
    assert image.read_bytes() == other.read_bytes()
    disk = raw_of(image)
    epoch = f'0x{946684800:08x}'
    for path in NEW:
        told = debugfs(disk, f'stat /{path}')
        assert re.findall(r'^ ?([acm]|cr)time: (\w+)', told, re.MULTILINE) == [
            (kind, epoch) for kind in ('c', 'a', 'm', 'cr')
        ], told
    written = debugfs(disk, 'show_super_stats -h')
    assert re.search(r'Last write time: +\w+ Jan +1 00:00:00 2000', written), written


def mark_unclean(image: Path) -> None:
    disk = raw_of(image)
    debugfs(disk, 'feature needs_recovery', write=True)
    qemu_img('convert', '-f', 'raw', '-O', 'qcow2', disk, image)


@pytest.mark.parametrize(
    ('files', 'said'),
    [
        (
            {'usr/lib/boxhound/first-boot.d/early/30-host-keys': ('x', 0o755)},
            r'holds /usr/lib/boxhound/first-boot\.d/early/30-host-keys already',
        ),
        ({'usr/lib/boxhound': ('x', 0o644)}, r'holds /usr/lib/boxhound already'),
        ({'usr/share/deep/file': ('x', 0o644)}, r'has no folder /usr/share/deep\n'),
        ({'usr/bin/true/file': ('x', 0o644)}, r'has no folder /usr/bin/true\n'),
        ({'etc/cloud/a file': ('x', 0o644)}, r'a path that debugfs cannot be told\n.*\n +found: +/etc/cloud/a file\n'),
        ({'etc/cloud/a"b': ('x', 0o644)}, r'a path that debugfs cannot be told'),
        ({'etc/cloud/größe': ('x', 0o644)}, r'a path that debugfs cannot be told'),
        ({}, r'nothing to put into the image'),
    ],
)
def test_what_it_cannot_put_there_is_refused_and_the_disk_stays_as_it_was(image, tree, insert, tmp_path, files, said):
    before = Path(shutil.copy(image, tmp_path / 'before.qcow2'))
    # One that could be put there comes first in the alphabet: nothing of it may be done either.
    result = insert(image, tree({**files, **({'etc/aaa': ('a', 0o644)} if files else {})}))
    assert result.returncode == 1
    assert re.search(r'^image: .*' + said, result.stderr), result.stderr
    assert str(tmp_path) not in result.stderr
    qemu_img('compare', '-f', 'qcow2', '-F', 'qcow2', image, before)


def test_a_file_system_that_was_not_unmounted_is_refused(image, tree, insert, tmp_path):
    mark_unclean(image)
    before = Path(shutil.copy(image, tmp_path / 'before.qcow2'))
    result = insert(image, tree(NEW))
    assert result.returncode == 1
    assert result.stderr.startswith('image: the file system was not unmounted cleanly\n'), result.stderr
    qemu_img('compare', '-f', 'qcow2', '-F', 'qcow2', image, before)


def test_a_file_that_the_file_system_has_no_room_for_is_an_error(image, tree, insert):
    result = insert(image, tree({**NEW, 'etc/large': ('0123456789abcdef' * (2 << 20), 0o644)}))
    assert result.returncode == 1
    assert 'image: /etc/large did not get into the image' in result.stderr, result.stderr


def test_a_disk_without_a_system_is_refused(tree, insert, tmp_path):
    qemu_img('create', '-q', '-f', 'qcow2', tmp_path / 'empty.qcow2', '8M')
    result = insert(tmp_path / 'empty.qcow2', tree(NEW))
    assert result.returncode == 1
    assert 'image: the disk has no partition table' in result.stderr


def test_what_is_no_image_is_refused(tree, insert, tmp_path):
    (tmp_path / 'text.qcow2').write_text('no image\n' * 1000)
    assert insert(tmp_path / 'text.qcow2', tree(NEW)).returncode != 0

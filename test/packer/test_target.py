"""Where a path leads within an image, and what the engine's notes may say: functions of target.sh and events.sh."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def bash(script, *words):
    command = [
        'bash',
        '-c',
        'set -Eeuo pipefail\ncd -- "$1"\n. disk/overlay.sh\n. packer/chroot/target.sh\n. packer/chroot/events.sh\n'
        f'{script}',
        'bash',
    ]
    return subprocess.run([*command, ROOT, *map(str, words)], capture_output=True, text=True, check=False, timeout=20)


@pytest.mark.parametrize(
    ('link', 'path'),
    [
        ('../run/systemd/resolve/stub-resolv.conf', '/run/systemd/resolve/stub-resolv.conf'),
        ('/run/resolvconf/resolv.conf', '/run/resolvconf/resolv.conf'),
        ('../../../../../../etc/shadow', '/etc/shadow'),
        ('/../../../etc/shadow', '/etc/shadow'),
        ('static', '/etc/static'),
        ('../usr/lib/../lib/resolv.conf', '/usr/lib/resolv.conf'),
        ('/up/etc/x', '/etc/x'),
        ('../var/run/x', '/run/x'),
    ],
)
def test_a_path_stays_in_the_image(tmp_path, link, path):
    target = tmp_path / 'image'
    for name in ('etc', 'run', 'usr/lib', 'var'):
        (target / name).mkdir(parents=True)
    (target / 'up').symlink_to('../../..')
    (target / 'var/run').symlink_to('/run')
    (target / 'etc/resolv.conf').symlink_to(link)
    assert bash('target_path "$2" /etc/resolv.conf', target).stdout == f'{path}\n'


def test_a_loop_of_links_is_refused(tmp_path):
    (tmp_path / 'a').symlink_to('b')
    (tmp_path / 'b').symlink_to('a')
    done = bash('target_path "$2" /a', tmp_path)
    assert done.returncode == 1
    assert "the image's /a is a loop of links" in done.stderr


@pytest.mark.parametrize('path', ['/a\n/../../etc', '/link/x', '/a/../b', '/deep\n/link'])
def test_a_path_with_a_link_or_a_step_up_is_none_for_a_mount(tmp_path, path):
    (tmp_path / 'link').symlink_to('/')
    (tmp_path / 'deep\n').mkdir()
    (tmp_path / 'deep\n' / 'link').symlink_to('/')
    done = bash('overlay_plain_path "$2" "$3"', tmp_path, path)
    assert done.returncode == 1
    assert 'expected: a plain folder' in done.stderr


def test_notes_become_steps_and_never_another_event(tmp_path):
    notes = tmp_path / 'notes'
    rows = [
        '1700000000.5\tpackages: a b',
        '1,"event":"built","bytes":1\tx',
        'x\ty',
        '1700000001.25\t"}\\n{"event":"failed',
    ]
    notes.write_text(''.join(f'{row}\n' for row in [*rows, *(['1700000002.0\tagain'] * 1000)]), encoding='utf-8')
    done = bash('BOXHOUND_WORK=$2 BOXHOUND_LAYER=agent; steps_of "$3"', tmp_path, notes)
    assert done.stderr == ''
    lines = (tmp_path / 'events.jsonl').read_text(encoding='utf-8').splitlines()
    assert lines[:2] == [
        '{"layer":"agent","event":"step","name":"packages a b","at":1700000000.5}',
        '{"layer":"agent","event":"step","name":"neventfailed","at":1700000001.25}',
    ]
    assert len(lines) <= 200

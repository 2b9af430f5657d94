"""Vagrant's step of the first boot, with programs that only note what they are told; and inputs after that."""

import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from machine import KEY, Machine

STEP = 'first-boot.d/early/50-vagrant'
HOME = 'home/vagrant/.ssh'
KEYS = f'{HOME}/authorized_keys'
RULE = 'etc/sudoers.d/vagrant'
ENVIRONMENT = 'etc/datadog-agent/environment'
OWN = 'ssh-ed25519 AAAA of somebody\n'


def program(machine: Machine, name: str, text: str) -> Path:
    path = machine.programs / name
    path.write_text(f'#!/bin/sh\n{text}\n')
    path.chmod(0o755)
    return path


def mode(machine: Machine, name: str) -> int:
    return stat.S_IMODE(machine.path(name).stat().st_mode)


@pytest.fixture
def guest(tmp_path) -> Machine:
    """Without a user `vagrant` until useradd is asked for one."""
    machine = Machine(tmp_path, ['10-base', '20-agent', '95-vagrant'])
    machine.path('etc/sudoers.d').mkdir()
    program(machine, 'sudo', 'exit 1')
    program(machine, 'id', f'[ "$1" = vagrant ] && [ -e {tmp_path}/useradd ]')
    program(machine, 'useradd', f'printf "%s\\n" "$*" >>{tmp_path}/useradd\nmkdir -p {machine.root}/home/vagrant')
    return machine


def step(machine: Machine, **environment: str) -> tuple[int, str]:
    done = machine.run(STEP, **environment)
    return done.returncode, done.stdout


def test_the_user_is_made_and_let_in_by_vagrants_key_alone(guest, tmp_path):
    assert step(guest) == (0, 'Vagrant may log in\n')
    assert (tmp_path / 'useradd').read_text() == '--create-home --user-group --shell /bin/bash vagrant\n'
    assert re.fullmatch(r'ssh-rsa [A-Za-z0-9+/]{370}== vagrant insecure public key\n', guest.read(KEYS))
    assert (mode(guest, HOME), mode(guest, KEYS)) == (0o700, 0o600)


def test_the_user_becomes_root_without_a_password_by_a_rule_that_sudo_takes(guest):
    assert step(guest)[0] == 0
    assert guest.read(RULE) == 'vagrant ALL=(ALL) NOPASSWD: ALL\n'
    assert mode(guest, RULE) == 0o440
    assert [path.name for path in guest.path('etc/sudoers.d').iterdir()] == ['vagrant']
    if visudo := shutil.which('visudo'):
        subprocess.run([visudo, '-cqf', guest.path(RULE)], check=True)


def test_a_second_run_changes_nothing(guest, tmp_path):
    assert step(guest)[0] == 0
    before = (guest.read(KEYS), guest.read(RULE), mode(guest, KEYS), mode(guest, RULE))
    assert step(guest) == (0, 'Vagrant may log in\n')
    assert (guest.read(KEYS), guest.read(RULE), mode(guest, KEYS), mode(guest, RULE)) == before
    assert len((tmp_path / 'useradd').read_text().splitlines()) == 1


def test_somebodys_own_key_stays_and_vagrants_does_not_come_beside_it(guest):
    guest.write(KEYS, OWN, 0o600)
    assert step(guest)[0] == 0
    assert guest.read(KEYS) == OWN


def test_a_list_of_keys_that_is_empty_gets_vagrants(guest):
    guest.write(KEYS, '')
    assert step(guest)[0] == 0
    assert 'vagrant insecure public key' in guest.read(KEYS)


def test_without_sudo_it_fails_with_its_message_and_lets_nobody_in(guest, tmp_path):
    (guest.programs / 'sudo').unlink()
    for name in ('sh', 'mkdir', 'chmod', 'mv', 'cat'):
        (guest.programs / name).symlink_to(shutil.which(name))
    assert step(guest, PATH=str(guest.programs)) == (1, 'sudo is not installed: Vagrant could not become root\n')
    assert not (tmp_path / 'useradd').exists()
    assert not guest.path(KEYS).exists()
    assert not guest.path(RULE).exists()


def test_a_user_that_cannot_be_made_is_told_and_gets_no_rule(guest):
    program(guest, 'useradd', 'echo "useradd: cannot lock /etc/passwd" >&2; exit 1')
    assert step(guest) == (1, 'the user vagrant cannot be made\n')
    assert not guest.path(RULE).exists()


def test_it_is_a_step_of_the_first_boot_after_the_keys_of_root(guest):
    assert guest.boot() == 0
    names = [name for name in guest.status() if name.startswith('early/')]
    assert names.index('early/50-vagrant') > names.index('early/40-authorized-keys')
    assert guest.message('early/50-vagrant') == 'Vagrant may log in'
    assert not guest.path('root/.ssh/authorized_keys').exists()


def test_the_golden_image_has_no_part_of_it(machine):
    assert machine.boot() == 0
    assert 'early/50-vagrant' not in machine.status()
    assert not list(machine.root.rglob('*vagrant*'))


# take-inputs: what `vagrant up` hands in.


@pytest.fixture
def inputs(machine, tmp_path):
    """Runs take-inputs on a file of such lines: its run, and the file."""

    def run(text: str, **environment: str) -> tuple[subprocess.CompletedProcess[str], Path]:
        file = tmp_path / 'of the caller.env'
        file.write_text(text)
        file.chmod(0o600)
        return machine.run('take-inputs', str(file), **environment), file

    return run


def test_a_file_becomes_the_environment_of_the_agent_and_is_gone(machine, inputs):
    done, file = inputs(f'DD_API_KEY={KEY}\nDD_SITE=datadoghq.eu\nDD_TAGS=env:trial role:database\n')
    assert done.returncode == 0, done.stderr
    assert machine.read(ENVIRONMENT).splitlines() == [
        f'DD_API_KEY="{KEY}"',
        'DD_SITE="datadoghq.eu"',
        'DD_TAGS="env:trial role:database"',
    ]
    assert mode(machine, ENVIRONMENT) == 0o640
    assert not file.exists()
    assert KEY not in done.stdout + done.stderr


def test_it_takes_the_place_of_all_that_was_given_before(machine, inputs):
    machine.credential('dd_api_key', KEY)
    machine.credential('dd_hostname', 'db-1.example')
    assert machine.boot() == 0
    assert KEY in machine.read(ENVIRONMENT)
    done, _ = inputs('DD_SITE=datadoghq.eu\n')
    assert done.returncode == 0
    assert machine.read(ENVIRONMENT) == 'DD_SITE="datadoghq.eu"\n'


def test_an_empty_file_makes_the_machine_keyless(machine, inputs):
    machine.credential('dd_api_key', KEY)
    assert machine.boot() == 0
    done, file = inputs('')
    assert done.returncode == 0
    assert machine.read(ENVIRONMENT) == ''
    assert not file.exists()


@pytest.mark.parametrize(
    'line', [f'DD_API_KEY={KEY.upper()}x', 'DD_TAGS=canary:"0123', 'DD_SITE=canary 0123', 'DD_HOSTNAME=canary$(id)']
)
def test_a_value_that_is_refused_is_told_nowhere_and_its_file_is_gone_all_the_same(machine, inputs, line):
    machine.credential('dd_site', 'datadoghq.eu')
    assert machine.boot() == 0
    done, file = inputs(line + '\n')
    assert done.returncode == 1
    assert not file.exists()
    name, value = line.split('=')
    assert name in done.stdout
    assert value not in done.stdout + done.stderr
    assert machine.read(ENVIRONMENT) == 'DD_SITE="datadoghq.eu"\n'


@pytest.mark.parametrize('text', [f'DD_API_KEY={KEY}\n', f'DD_API_KEY={KEY}x\n'])
def test_a_file_that_cannot_be_shredded_is_removed(machine, inputs, text):
    program(machine, 'shred', 'exit 1')
    assert not inputs(text)[1].exists()


def test_no_program_is_told_a_value(machine, inputs, tmp_path):
    """Arguments are seen by everybody on the machine; every program that may be started notes its own."""
    for name in ('env', 'tr', 'chmod', 'mv', 'shred', 'rm', 'cat', 'grep', 'sed', 'cut', 'printf'):
        program(machine, name, f'echo "{name} $*" >>{tmp_path}/arguments\nexec {shutil.which(name)} "$@"')
    done, _ = inputs(f'DD_API_KEY={KEY}\nDD_TAGS=canary:0123\n')
    assert done.returncode == 0, done.stderr
    noted = (tmp_path / 'arguments').read_text(errors='replace')
    assert re.search(r'^mv ', noted, re.MULTILINE)
    assert re.search(r'^shred ', noted, re.MULTILINE)
    assert KEY not in noted
    assert 'canary' not in noted


def test_words_that_it_does_not_know_are_exit_status_2_and_cost_nobody_a_file(machine, tmp_path):
    one, other = tmp_path / 'one', tmp_path / 'other'
    for path in (one, other):
        path.write_text('DD_SITE=datadoghq.eu\n')
    for words in ([], [str(one), str(other)], [str(tmp_path / 'none')], [str(tmp_path)], ['']):
        done = machine.run('take-inputs', *words)
        assert done.returncode == 2, words
        assert done.stderr == 'usage: take-inputs FILE\n'
    assert one.exists()
    assert other.exists()
    assert not machine.path(ENVIRONMENT).exists()

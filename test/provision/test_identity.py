"""What two machines from one image must not share."""

import re
import subprocess

import pytest
from machine import Machine


def fingerprints(machine):
    return {
        path.name: subprocess.run(
            ['ssh-keygen', '-lf', path], capture_output=True, text=True, check=True
        ).stdout.split()[1]
        for path in machine.path('etc/ssh').glob('ssh_host_*_key.pub')
    }


def test_two_instances_differ_in_name_and_host_keys(tmp_path):
    machines = [Machine(tmp_path / name, ['10-base']) for name in ('one', 'two')]
    machines[1].write('etc/machine-id', 'f' * 32 + '\n')
    for machine in machines:
        assert machine.boot() == 0
    names = {machine.read('etc/hostname') for machine in machines}
    assert len(names) == 2
    assert all(re.fullmatch(r'boxhound-[0-9a-f]{6}\n', name) for name in names)
    keys = [fingerprints(machine) for machine in machines]
    assert set(keys[0]) == {'ssh_host_ed25519_key.pub', 'ssh_host_ecdsa_key.pub'}
    assert not set(keys[0].values()) & set(keys[1].values())


def test_the_machine_id_is_not_told(machine):
    machine.write('etc/machine-id', 'abcdef0123456789' * 2 + '\n')
    assert machine.boot() == 0
    assert 'abcdef' not in machine.everything_said() + machine.read('etc/hostname')


@pytest.mark.parametrize('text', ['', 'uninitialized\n', '123\n', 'G' * 32 + '\n'])
def test_a_machine_without_an_id_fails_at_once(machine, text):
    machine.write('etc/machine-id', text)
    assert machine.boot() == 1
    assert machine.status()['early/10-machine-id'] == 'failed'
    assert machine.status()['early/30-host-keys'] == 'skipped'


def test_a_name_that_somebody_gave_stays(machine):
    machine.write('etc/hostname', 'db-1\n')
    assert machine.boot() == 0
    assert machine.read('etc/hostname') == 'db-1\n'
    assert machine.read('etc/hosts').splitlines() == ['127.0.0.1 localhost', '127.0.1.1 db-1']


def test_a_host_key_cut_off_in_the_middle_is_made_anew(machine):
    machine.write('etc/ssh/ssh_host_ed25519_key', '')
    assert machine.boot() == 0
    assert machine.message('early/30-host-keys') == '2 host keys made'
    assert machine.path('etc/ssh/ssh_host_ed25519_key').stat().st_mode & 0o777 == 0o600


def test_host_keys_that_a_cloud_gave_stay_and_only_what_is_missing_is_made(machine):
    given = machine.path('etc/ssh/ssh_host_ed25519_key')
    subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'given', '-f', given], check=True)
    private, public = given.read_text(), machine.read('etc/ssh/ssh_host_ed25519_key.pub')
    assert machine.boot() == 0
    assert machine.message('early/30-host-keys') == '1 host keys made'
    assert (given.read_text(), machine.read('etc/ssh/ssh_host_ed25519_key.pub')) == (private, public)
    assert machine.path('etc/ssh/ssh_host_ecdsa_key.pub').exists()


def test_a_private_key_without_its_public_half_gets_that_and_stays(machine):
    given = machine.path('etc/ssh/ssh_host_ed25519_key')
    subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', given], check=True)
    private, public = given.read_text(), machine.read('etc/ssh/ssh_host_ed25519_key.pub')
    machine.path('etc/ssh/ssh_host_ed25519_key.pub').unlink()
    assert machine.boot() == 0
    assert given.read_text() == private
    assert machine.read('etc/ssh/ssh_host_ed25519_key.pub').split() == public.split()


@pytest.mark.parametrize('text', ['', 'not a key\n'])
def test_what_is_no_private_key_is_replaced(machine, text):
    machine.write('etc/ssh/ssh_host_ed25519_key', text, 0o600)
    assert machine.boot() == 0
    assert machine.read('etc/ssh/ssh_host_ed25519_key').startswith('-----BEGIN OPENSSH')
    assert sorted(path.name for path in machine.path('etc/ssh').glob('*.new')) == []


def test_the_console_tells_every_host_key_at_every_boot(machine):
    assert machine.boot() == 0
    for _ in range(2):
        assert machine.run('host-keys').returncode == 0
        lines = [line for line in machine.console.read_text().splitlines() if 'host-key' in line]
        machine.console.unlink()
        assert len(lines) == 2
        assert all(re.fullmatch(r'boxhound: host-key [a-z0-9-]+ SHA256:[A-Za-z0-9+/]{43}', line) for line in lines)
        assert {line.split()[3] for line in lines} == set(fingerprints(machine).values())

"""What the caller hands in: SSH keys, the Agent's environment, the seed file."""

import stat
import subprocess

import pytest
from machine import KEY

ENVIRONMENT = 'etc/datadog-agent/environment'
SEED = 'etc/boxhound/seed.env'


def public_key(folder, name='key'):
    subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', folder / name], check=True)
    return (folder / f'{name}.pub').read_text().strip()


def test_without_inputs_nobody_can_log_in_and_the_agent_is_unkeyed(machine):
    assert machine.boot() == 0
    assert not machine.path('root/.ssh/authorized_keys').exists()
    assert machine.read(ENVIRONMENT) == ''
    assert machine.message('early/40-authorized-keys') == 'no key given: nobody can log in'
    assert machine.message('main/50-agent-environment') == 'no key given: the Agent runs unkeyed'


def test_credentials_become_the_environment_of_the_agent(machine):
    machine.credential('dd_api_key', KEY)
    machine.credential('dd_site', 'datadoghq.eu\n')
    machine.credential('dd_tags', 'env:trial role:database')
    machine.credential('dd_hostname', 'db-1.example')
    assert machine.boot() == 0
    assert machine.read(ENVIRONMENT).splitlines() == [
        f'DD_API_KEY="{KEY}"',
        'DD_SITE="datadoghq.eu"',
        'DD_TAGS="env:trial role:database"',
        'DD_HOSTNAME="db-1.example"',
    ]
    assert stat.S_IMODE(machine.path(ENVIRONMENT).stat().st_mode) == 0o640
    assert KEY not in machine.everything_said()


@pytest.mark.parametrize(
    'key', ['a', KEY.upper(), KEY + '0', KEY[:-1] + 'g', f'{KEY}\n{KEY}', KEY[:-1] + ' ', 'ENC[key]']
)
def test_a_key_of_another_shape_fails_by_its_shape_only(machine, key):
    machine.credential('dd_api_key', key)
    assert machine.boot() == 1
    assert machine.message('main/50-agent-environment') == 'DD_API_KEY is not 32 lower-case hexadecimal digits'
    assert key == 'a' or key not in machine.everything_said()
    assert not machine.path(ENVIRONMENT).exists()


@pytest.mark.parametrize('tags', ['a:"b', 'a:b\nDD_API_KEY=x', 'a:$(id)', 'a\\', '\n\n'])
def test_tags_that_systemd_would_read_in_its_own_way_are_refused(machine, tags):
    machine.credential('dd_tags', 'x' + tags + 'x')
    assert machine.boot() == 1
    assert machine.message('main/50-agent-environment').startswith('DD_TAGS holds a character')


def test_the_seed_file_serves_both_phases_and_is_gone_afterwards(machine, tmp_path):
    key = public_key(tmp_path)
    machine.write(SEED, f'# seed\nSSH_AUTHORIZED_KEY={key}\nDD_API_KEY={KEY}\nDD_TAGS=a:b=c', 0o600)
    machine.write(SEED, machine.read(SEED).replace('a:b=c', 'a:b'), 0o600)
    assert machine.boot() == 0
    assert machine.read(ENVIRONMENT).splitlines() == [f'DD_API_KEY="{KEY}"', 'DD_TAGS="a:b"']
    assert machine.read('root/.ssh/authorized_keys').strip() == key
    assert not machine.path(SEED).exists()
    assert machine.message('main/90-seed') == 'seed file shredded'


def test_a_credential_wins_over_the_seed_file(machine):
    machine.credential('dd_site', 'datadoghq.eu')
    machine.write(SEED, 'DD_SITE=datadoghq.com\n', 0o600)
    assert machine.boot() == 0
    assert machine.read(ENVIRONMENT) == 'DD_SITE="datadoghq.eu"\n'


def test_a_seed_file_that_was_refused_waits_for_the_next_try(machine):
    machine.write(SEED, 'DD_API_KEY=short\n', 0o600)
    assert machine.boot() == 1
    assert machine.path(SEED).exists()
    machine.write(SEED, f'DD_API_KEY={KEY}\n', 0o600)
    assert machine.boot() == 0
    assert not machine.path(SEED).exists()


def test_every_ssh_key_given_may_log_in(machine, tmp_path):
    keys = [public_key(tmp_path, 'one'), public_key(tmp_path, 'two')]
    machine.credential('ssh_authorized_keys', f'# of the caller\n\n{keys[0]}\n{keys[1]}\n')
    assert machine.boot() == 0
    path = machine.path('root/.ssh/authorized_keys')
    assert path.read_text().splitlines() == keys
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_keys_that_cloud_init_let_in_stay_when_none_is_given_here(machine):
    machine.write('root/.ssh/authorized_keys', 'ssh-ed25519 AAAA cloud\n', 0o600)
    assert machine.boot() == 0
    assert machine.read('root/.ssh/authorized_keys') == 'ssh-ed25519 AAAA cloud\n'
    assert machine.message('early/40-authorized-keys') == 'no key given: what cloud-init let in stays'


def test_a_line_that_is_no_public_key_is_refused_by_its_number(machine, tmp_path):
    machine.credential('ssh_authorized_keys', f'{public_key(tmp_path)}\nssh-ed25519 AAAA nonsense\n')
    assert machine.boot() == 1
    assert machine.message('early/40-authorized-keys') == 'SSH key 2 is not a public key'
    assert not machine.path('root/.ssh/authorized_keys').exists()


@pytest.mark.parametrize(
    'text',
    [
        f'export DD_API_KEY={KEY}\n',
        f'  DD_API_KEY={KEY}  \n',
        f'DD_API_KEY = {KEY}\n',
        f'\ufeffDD_API_KEY={KEY}\n',
        f'# mine\r\n\r\nDD_API_KEY={KEY}\r\n',
        f'DD_API_KEY="{KEY}"\n',
        f"export\tDD_API_KEY='{KEY}'",
    ],
)
def test_what_editors_and_shells_put_around_a_line_is_taken_off(machine, text):
    machine.write(SEED, text)
    assert machine.boot() == 0
    assert machine.read(ENVIRONMENT) == f'DD_API_KEY="{KEY}"\n'


@pytest.mark.parametrize(
    ('text', 'said'),
    [
        (f'# mine\nDD_APIKEY={KEY}\n', 'line 2 of the seed file: DD_APIKEY is none of'),
        (f'DD_SITE=datadoghq.eu\nexport {KEY}\n', 'line 2 of the seed file is not NAME=value'),
        (f'a{KEY}=x\n', 'line 1 of the seed file has a name that is none of'),
        (f'DD_API_KEY: {KEY}\n', 'line 1 of the seed file is not NAME=value'),
        (f'DD_API_KEY="{KEY}\n', 'line 1 of the seed file: the quotes of DD_API_KEY do not match'),
        (f'DD_API_KEY={KEY}\nDD_API_KEY={KEY}\n', 'line 2 of the seed file: DD_API_KEY stands twice'),
    ],
)
def test_a_line_that_cannot_be_understood_fails_the_step_by_its_number_and_the_file_stays(machine, text, said):
    machine.write(SEED, text)
    assert machine.boot() != 0
    assert said in machine.everything_said()
    assert KEY not in machine.everything_said()
    assert machine.read(SEED) == text


def test_tags_may_be_written_in_every_script_that_a_box_file_takes(machine):
    machine.write(SEED, 'DD_TAGS=\u00e9quipe:donn\u00e9es \u7fa4:\u4e00\n')
    assert machine.boot() == 0
    assert machine.read(ENVIRONMENT) == 'DD_TAGS="\u00e9quipe:donn\u00e9es \u7fa4:\u4e00"\n'


def test_a_credential_with_another_systems_line_end_is_taken(machine):
    machine.credential('dd_api_key', f'"{KEY}"\r\n')
    assert machine.boot() == 0
    assert machine.read(ENVIRONMENT) == f'DD_API_KEY="{KEY}"\n'

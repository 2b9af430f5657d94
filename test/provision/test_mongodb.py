"""MongoDB's first boot, as it is rendered for a box, with clients that write down what they get."""

import json
import re
import shutil
import stat
from pathlib import Path

import pytest
from machine import Machine

RENDERED = Path(__file__).parents[1] / 'rendered/lab-mongodb/layers/30-database/root'
CONFIGURATION = 'etc/datadog-agent/conf.d/mongo.d/conf.yaml'
KEPT = 'var/lib/boxhound/database-admin'
ROLES = [
    {'role': 'read', 'db': 'admin'},
    {'role': 'clusterMonitor', 'db': 'admin'},
    {'role': 'read', 'db': 'local'},
]

# `refuse` and `made` are files beside the machine: who is refused, and that there is an administrator.
CLIENT = """#!/bin/sh
printf '%s %s\\n' "${{0##*/}}" "$*" >>{folder}/arguments
cat >{folder}/now
cat {folder}/now >>{folder}/${{0##*/}}
if grep -q "${{0##*/}}" {folder}/refuse 2>/dev/null; then exit 1; fi
if [ "${{0##*/}}" = mongo-client ]; then : >{folder}/made; else [ -e {folder}/made ]; fi
"""


@pytest.fixture
def machine(tmp_path) -> Machine:
    machine = Machine(tmp_path, ['10-base'])
    shutil.copytree(RENDERED, machine.root, dirs_exist_ok=True)
    for name in ('mongo-client', 'database-admin'):
        machine.write(f'usr/lib/boxhound/{name}', CLIENT.format(folder=tmp_path), 0o755)
    systemctl = machine.programs / 'systemctl'
    systemctl.write_text(f'#!/bin/sh\nprintf "systemctl %s\\n" "$*" >>{tmp_path}/arguments\n')
    systemctl.chmod(0o755)
    return machine


def password(machine: Machine) -> str:
    found = re.search(r'password: "([A-Za-z0-9]{30})"', machine.read(CONFIGURATION))
    assert found
    return found[1]


def commands(path: Path) -> list[dict]:
    """The commands that a client got; each for the database admin."""
    lines = path.read_text().splitlines() if path.exists() else []
    assert all(line.startswith('admin {') for line in lines)
    return [json.JSONDecoder().raw_decode(line[len('admin ') :])[0] for line in lines]


def test_each_user_has_a_password_of_its_own_that_only_standard_input_gets(machine, tmp_path):
    assert machine.boot() == 0
    secret, administrators = password(machine), machine.read(KEPT).strip()
    assert re.fullmatch(r'[A-Za-z0-9]{30}', administrators)
    assert secret != administrators
    said = (tmp_path / 'arguments').read_text() + machine.everything_said()
    assert secret not in said
    assert administrators not in said
    assert stat.S_IMODE(machine.path(KEPT).stat().st_mode) == 0o600
    assert stat.S_IMODE(machine.path(CONFIGURATION).stat().st_mode) == 0o640
    assert (tmp_path / 'arguments').read_text().startswith('systemctl start mongod.service\n')


def test_the_administrator_is_made_without_a_login_and_the_agents_user_by_it(machine, tmp_path):
    assert machine.boot() == 0
    (first,) = commands(tmp_path / 'mongo-client')
    root = [{'role': 'root', 'db': 'admin'}]
    assert first == {'createUser': 'admin', 'pwd': machine.read(KEPT).strip(), 'roles': root}
    assert 'mongo-client 127.0.0.1 27017\n' in (tmp_path / 'arguments').read_text()
    _, made, changed = commands(tmp_path / 'database-admin')
    assert made == {'createUser': 'datadog', 'pwd': password(machine), 'roles': ROLES}
    assert changed == {'updateUser': 'datadog', 'pwd': password(machine), 'roles': ROLES}


def test_an_administrator_who_is_there_is_used(machine, tmp_path):
    machine.write(KEPT, 'known\n')
    (tmp_path / 'made').touch()
    assert machine.boot() == 0
    assert machine.read(KEPT) == 'known\n'
    assert not (tmp_path / 'mongo-client').exists()


def test_an_attempt_that_failed_is_taken_up_with_the_same_administrator(machine, tmp_path):
    (tmp_path / 'refuse').write_text('mongo-client')
    assert machine.boot() == 1
    assert machine.message('main/30-database') == 'the database refused its administrator'
    kept = machine.read(KEPT)
    (tmp_path / 'refuse').unlink()
    assert machine.boot() == 0
    assert machine.read(KEPT) == kept
    assert {command['pwd'] for command in commands(tmp_path / 'mongo-client')} == {kept.strip()}


def test_a_database_that_refuses_the_user_leaves_no_configuration(machine, tmp_path):
    (tmp_path / 'refuse').write_text('database-admin')
    assert machine.boot() == 1
    assert machine.message('main/30-database') == 'the database refused the user datadog'
    assert not machine.path(CONFIGURATION).exists()

"""The Agent's database user: provision/30-database/ENGINE, with a client that writes down what it gets."""

import re
import stat
from pathlib import Path

import pytest
from machine import Machine

CONFIGURATION = 'etc/datadog-agent/conf.d/mysql.d/conf.yaml'
TEMPLATE = 'usr/lib/boxhound/templates/mysql.yaml.in'
CLIENTS = {'mariadb': 'mariadb', 'mysql': 'mysql'}


@pytest.fixture(params=sorted(CLIENTS))
def database(request, tmp_path) -> Machine:
    machine = Machine(tmp_path, ['10-base', '30-database/_mysql', f'30-database/{request.param}'])
    # A template, which renders to nothing for a box without Database Monitoring.
    machine.write('usr/lib/boxhound/database-monitoring.sql', '')
    machine.write(TEMPLATE, 'instances:\n  - username: datadog\n    password: "@PASSWORD@"\n    port: 3306\n')
    client = machine.programs / CLIENTS[request.param]
    client.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >>{tmp_path}/arguments\ncat >{tmp_path}/statements\n')
    client.chmod(0o755)
    return machine


def password(machine: Machine) -> str:
    found = re.search(r'password: "([^"]*)"', machine.read(CONFIGURATION))
    assert found
    return found[1]


def test_user_and_configuration_get_one_password_by_standard_input(database, tmp_path):
    assert database.boot() == 0
    secret = password(database)
    assert re.fullmatch(r'[A-Za-z0-9]{30}', secret)
    statements = (tmp_path / 'statements').read_text()
    assert f"IDENTIFIED BY '{secret}'" in statements
    assert 'MAX_USER_CONNECTIONS 5' in statements
    assert secret not in (tmp_path / 'arguments').read_text()
    assert secret not in database.everything_said()
    assert stat.S_IMODE(database.path(CONFIGURATION).stat().st_mode) == 0o640


def test_the_grants_are_those_of_the_integration_and_no_others(database, tmp_path):
    assert database.boot() == 0
    grants = re.findall(r'GRANT (.*) ON (\S+) TO (\S+);', (tmp_path / 'statements').read_text())
    extra = ', SLAVE MONITOR' if (database.programs / 'mariadb').exists() else ''
    user = "datadog@'127.0.0.1'"
    assert grants == [
        (f'REPLICATION CLIENT, PROCESS{extra}', '*.*', user),
        ('SELECT', 'performance_schema.*', user),
    ]


def test_a_second_instance_gets_another_password(database):
    assert database.boot() == 0
    first = password(database)
    database.path('var/lib/boxhound/first-boot.json').unlink()
    assert database.boot() == 0
    assert password(database) != first


def test_a_database_that_refuses_leaves_no_configuration(database):
    client = next(Path(database.programs).iterdir())
    client.write_text('#!/bin/sh\ncat >/dev/null\necho "ERROR 2002 (HY000)" >&2\nexit 1\n')
    assert database.boot() == 1
    assert database.message('main/30-database') == 'the database refused the user datadog'
    assert not database.path(CONFIGURATION).exists()

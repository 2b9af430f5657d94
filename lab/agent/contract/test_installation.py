"""guide/agent-contract.md, "Installation", "Units and identity": what only an installed package can show."""

import pytest

from machine import Machine

ETC = '/etc/datadog-agent'


@pytest.fixture(autouse=True)
def _installed(machine: Machine) -> None:
    if machine.local:
        pytest.skip('needs an installed package: run with --host')


@pytest.mark.parametrize(
    ('path', 'expected'),
    [
        (f'{ETC}/datadog.yaml', 'dd-agent:dd-agent 640'),
        (f'{ETC}/auth_token', 'dd-agent:dd-agent 600'),
        (f'{ETC}/conf.d', 'dd-agent:dd-agent 755'),
        (f'{ETC}/checks.d', 'dd-agent:dd-agent 755'),
    ],
)
def test_owner_and_mode_are_the_documented_ones(machine: Machine, path: str, expected: str) -> None:
    assert machine.shell(f"stat -L -c '%U:%G %a' {path}").out.strip() == expected


@pytest.mark.parametrize(
    ('name', 'value'),
    [
        ('User', 'dd-agent'),
        ('Restart', 'on-failure'),
        ('RuntimeDirectory', 'datadog'),
        ('UnitFileState', 'enabled'),
        ('EnvironmentFiles', f'{ETC}/environment (ignore_errors=yes)'),
    ],
)
def test_the_unit_is_as_documented(machine: Machine, name: str, value: str) -> None:
    assert machine.shell(f'systemctl show datadog-agent -p {name} --value').out.strip() == value


def test_the_unit_runs_the_agent_with_its_pid_file(machine: Machine) -> None:
    shown = machine.shell('systemctl show datadog-agent -p ExecStart --value').out
    assert '/opt/datadog-agent/bin/agent/agent run -p /opt/datadog-agent/run/agent.pid' in shown


def test_the_trace_unit_is_bound_to_the_agents(machine: Machine) -> None:
    assert 'datadog-agent.service' in machine.shell('systemctl show datadog-agent-trace -p BindsTo --value').out


def test_the_command_is_on_the_path(machine: Machine) -> None:
    assert machine.shell('readlink -f "$(command -v datadog-agent)"').out.strip().endswith('/bin/agent/agent')


def test_another_user_is_told_to_check_the_agent(machine: Machine) -> None:
    done = machine.shell('runuser -u nobody -- datadog-agent status')
    assert done.code != 0

"""guide/agent-contract.md, "datadog-agent status --json, configcheck, health" """

import json
from typing import Any

import pytest

from machine import PREFIX, Machine, poll, status


@pytest.fixture(scope='module')
def document(machine: Machine) -> Any:
    """A status in which every check of the contract has run once."""

    def ran(seen: Any) -> bool:
        checks = seen['runnerStats']['Checks']
        return all(
            any(one['TotalRuns'] for one in checks.get(f'{PREFIX}_{name}', {}).values()) for name in ('good', 'raising')
        )

    return poll(lambda: status(machine), ran)


def test_the_running_checks_have_the_fields_of_the_runner(document: Any) -> None:
    (runner,) = document['runnerStats']['Checks'][f'{PREFIX}_good'].values()
    assert runner['Interval'] == 45_000_000_000
    assert runner['TotalErrors'] == 0
    assert runner['CheckID'] in document['runnerStats']['Checks'][f'{PREFIX}_good']


def test_the_default_interval_is_15_seconds(document: Any) -> None:
    (runner,) = document['runnerStats']['Checks'][f'{PREFIX}_raising'].values()
    assert runner['Interval'] == 15_000_000_000
    assert runner['TotalErrors'] >= 1
    assert 'as asked' in runner['LastError']


def test_what_cannot_be_imported_is_a_loader_error(document: Any) -> None:
    errors = document['checkSchedulerStats']['LoaderErrors']
    assert 'nothing_of_this_name' in errors[f'{PREFIX}_broken']['Python Check Loader']


def test_a_refused_configuration_is_a_configure_error(document: Any) -> None:
    errors = document['pyLoaderStats']['ConfigureErrors']
    assert any('min must be smaller than max' in str(errors[name]) for name in errors if f'{PREFIX}_refusing' in name)


def test_no_password_is_shown_but_in_json(machine: Machine, document: Any) -> None:
    if document.get('lab'):
        # The JSON is not scrubbed; whoever quotes it has to do that.
        assert 'hunter2' in json.dumps(document)
    assert 'hunter2' not in machine.agent('status').out


def test_followed_logs_are_inputs_and_others_have_a_message(machine: Machine) -> None:
    def sources(seen: Any) -> dict[str, Any]:
        found = {}
        for integration in seen['logsStats'].get('integrations') or []:
            for source in integration['sources']:
                found[source['configuration'].get('Path', '').rpartition('/')[2]] = source
        return found

    seen = poll(lambda: status(machine), lambda seen: sources(seen).get(f'{PREFIX}_read.log', {}).get('inputs'))
    assert seen['logsStats']['is_running'] is True
    read, absent = sources(seen)[f'{PREFIX}_read.log'], sources(seen)[f'{PREFIX}_absent.log']
    assert read['type'] == 'file'
    assert read['inputs'][0].endswith(f'{PREFIX}_read.log')
    assert not absent['inputs']
    assert absent['messages'] or 'Error' in absent['status']


def test_the_host_tags_stand_in_both_places(document: Any) -> None:
    assert document['metadata']['host-tags']['system'] == document['hostTags']
    assert all(isinstance(tag, str) for tag in document['hostTags'])


def test_the_host_name_names_its_provider(machine: Machine, document: Any) -> None:
    assert document['hostnameStats']['provider']
    assert document['metadata']['meta']['hostname']
    assert machine.agent('hostname').code == 0


def test_the_key_status_and_the_transactions_are_told(document: Any) -> None:
    assert {**document['forwarderStats']['APIKeyStatus'], **document['forwarderStats'].get('APIKeyFailure', {})}
    assert 'Transactions' in document['forwarderStats']


def test_the_way_of_installation_is_told(document: Any) -> None:
    metadata = document['agent_metadata']
    for name in ('tool', 'tool_version', 'installer_version'):
        assert metadata[f'install_method_{name}']


def test_the_version_is_told_and_the_lab_agent_says_what_it_is(machine: Machine, document: Any) -> None:
    assert document['version'] in machine.agent('version').out
    assert document.get('lab', False) is document['version'].endswith('+lab')
    if document.get('lab'):
        assert 'lab Agent' in machine.agent('status').out
        assert 'lab Agent' in machine.agent('version').out


def test_configcheck_shows_what_was_found(machine: Machine) -> None:
    done = machine.agent('configcheck')
    assert done.code == 0
    assert f'{PREFIX}_good' in done.out


def test_configcheck_shows_no_password(machine: Machine) -> None:
    done = machine.agent('configcheck')
    assert '********' in done.out
    assert 'hunter2' not in done.out


def test_health_ends_with_0_or_255(machine: Machine) -> None:
    assert machine.agent('health').code in (0, 255)


def test_an_unknown_command_fails(machine: Machine) -> None:
    assert machine.agent('zz-no-such-command').code != 0

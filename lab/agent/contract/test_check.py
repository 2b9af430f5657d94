"""guide/agent-contract.md, "datadog-agent check" """

import json
from typing import Any

import pytest

from machine import PREFIX, Machine

GOOD, RAISING = f'{PREFIX}_good', f'{PREFIX}_raising'


@pytest.fixture(scope='module')
def once(machine: Machine) -> Any:
    done = machine.agent('check', GOOD, '--json')
    assert done.code == 0
    (instance,) = done.document()
    return instance


def test_before_the_first_start_there_is_no_token(machine: Machine) -> None:
    if not machine.local:
        pytest.skip('the Agent of a machine has been started before')
    done = machine.before_first_start  # type: ignore[attr-defined]
    assert done.code == 255
    assert 'unable to fetch auth token (please check that the Agent is running' in done.err


def test_a_check_that_raises_ends_with_0_and_the_verdict_is_in_the_json(machine: Machine) -> None:
    done = machine.agent('check', RAISING, '--json')
    assert done.code == 0
    (instance,) = done.document()
    runner = instance['runner']
    assert runner['TotalErrors'] == 1
    assert isinstance(runner['LastError'], str)
    (error,) = json.loads(runner['LastError'])
    assert error['message'].startswith('as asked')
    assert 'hunter2' in error['message']
    assert 'Traceback' in error['traceback']


@pytest.mark.parametrize('name', ['zz_no_such_check', f'{PREFIX}_broken', f'{PREFIX}_refusing'])
def test_a_check_that_is_missing_or_cannot_be_loaded_ends_with_255(machine: Machine, name: str) -> None:
    done = machine.agent('check', name, '--json')
    assert done.code == 255
    assert 'Error: no valid check found' in done.err
    # The reason is on stdout.
    assert name == 'zz_no_such_check' or f'Error: could not load {name}:\n* Python Check Loader: ' in done.out


def test_text_may_stand_before_the_json(machine: Machine) -> None:
    assert machine.agent('check', GOOD, '--json').document()
    (first, *rest) = machine.agent('check', f'{PREFIX}_two', '--json').document()
    assert first
    assert len(rest) in (1, 3)


def test_a_metric_has_its_fields(once: Any) -> None:
    (metric,) = once['aggregator']['metrics']
    assert metric['metric'] == 'zz.gauge'
    assert metric['type'] == 'gauge'
    assert metric['tags'] == ['from:contract']
    ((at, value),) = metric['points']
    assert (at > 1_600_000_000, value) == (True, 7)
    assert {'host', 'interval', 'source_type_name'} <= set(metric)


def test_a_service_check_has_its_fields(once: Any) -> None:
    (found,) = once['aggregator']['service_checks']
    assert (found['check'], found['status'], found['tags']) == ('zz.up', 0, ['from:contract'])
    assert {'host_name', 'timestamp', 'message'} <= set(found)


def test_what_was_not_sent_is_absent_or_empty(once: Any) -> None:
    assert not once['aggregator'].get('events')


def test_the_runner_has_its_fields(once: Any) -> None:
    runner = once['runner']
    wanted = [
        'CheckName',
        'CheckVersion',
        'CheckConfigSource',
        'CheckID',
        'Interval',
        'TotalRuns',
        'TotalErrors',
        'TotalWarnings',
        'MetricSamples',
        'ServiceChecks',
        'ExecutionTimes',
        'AverageExecutionTime',
        'LastExecutionTime',
        'LastSuccessDate',
        'LastError',
        'LastWarnings',
    ]
    assert set(wanted) <= set(runner)
    assert (runner['CheckName'], runner['CheckVersion']) == (GOOD, '1.2.3')
    assert runner.get('CheckLoader', 'python') == 'python'
    assert runner['CheckID'].startswith(f'{GOOD}:')
    assert (runner['TotalRuns'], runner['TotalErrors'], runner['LastError']) == (1, 0, '')


def test_the_interval_is_in_nanoseconds(once: Any) -> None:
    assert once['runner']['Interval'] == 45_000_000_000


def test_warnings_are_told(once: Any) -> None:
    assert 'mind the gap' in once['runner']['LastWarnings'][0]


def test_check_rate_runs_twice_so_that_rates_exist(machine: Machine, once: Any) -> None:
    assert all(metric['metric'] != 'zz.rate' for metric in once['aggregator']['metrics'])
    (instance,) = machine.agent('check', GOOD, '--check-rate', '--json').document()
    assert instance['runner']['TotalRuns'] == 2
    (rate,) = [one for one in instance['aggregator']['metrics'] if one['metric'] == 'zz.rate']
    assert rate['points'][0][1] == pytest.approx(1, rel=0.2)


def test_check_times_runs_as_often_as_asked(machine: Machine) -> None:
    (instance,) = machine.agent('check', GOOD, '-t', '3', '--pause', '10', '-d', '1', '--json').document()
    assert instance['runner']['TotalRuns'] == 3


def test_the_readable_forms_name_the_metric(machine: Machine) -> None:
    for flags in ((), ('--table',)):
        done = machine.agent('check', GOOD, *flags)
        assert done.code == 0
        assert 'zz.gauge' in done.out


def test_instances_can_be_filtered(machine: Machine) -> None:
    assert machine.agent('check', GOOD, '--json', '--instance-filter', '.min_collection_interval == 45').code == 0
    assert machine.agent('check', GOOD, '--json', '--instance-filter', '.min_collection_interval == 1').code == 255


def test_discovery_flags_are_taken(machine: Machine) -> None:
    flags = ('--discovery-timeout', '1', '--discovery-min-instances', '1')
    assert machine.agent('check', GOOD, '--json', *flags).code == 0

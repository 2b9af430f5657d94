"""How raw samples are converted: rates and counts are differences between two samples."""

import itertools

import pytest

from lab_agent import sampler as module
from lab_agent.sampler import COUNT, COUNTER, GAUGE, HISTOGRAM, MONOTONIC_COUNT, RATE, Sampler


@pytest.fixture
def sampler(monkeypatch: pytest.MonkeyPatch) -> Sampler:
    """A sampler whose clock advances by ten seconds per sample."""
    clock = itertools.count(1000, 10)
    monkeypatch.setattr(module.time, 'time', lambda: float(next(clock)))
    return Sampler('box')


def values(sampler: Sampler) -> list[tuple[str, str, float]]:
    return [(one['metric'], one['type'], one['points'][0][1]) for one in sampler.commit()['metrics']]


def test_a_gauge_is_its_last_sample(sampler: Sampler) -> None:
    sampler.submit(GAUGE, 'a', 1, [], '')
    sampler.submit(GAUGE, 'a', 2, [], '')
    assert values(sampler) == [('a', 'gauge', 2)]


def test_a_count_is_the_sum_of_the_run(sampler: Sampler) -> None:
    sampler.submit(COUNT, 'a', 1, [], '')
    sampler.submit(COUNT, 'a', 2, [], '')
    assert values(sampler) == [('a', 'count', 3)]
    assert values(sampler) == []


def test_a_rate_needs_two_samples_and_is_per_second(sampler: Sampler) -> None:
    sampler.submit(RATE, 'a', 100, [], '')
    assert values(sampler) == []
    sampler.submit(RATE, 'a', 150, [], '')
    assert values(sampler) == [('a', 'gauge', 5)]


def test_a_rate_that_would_be_negative_is_dropped(sampler: Sampler) -> None:
    sampler.submit(RATE, 'a', 100, [], '')
    sampler.commit()
    sampler.submit(RATE, 'a', 50, [], '')
    assert values(sampler) == []


def test_a_monotonic_count_is_the_increase(sampler: Sampler) -> None:
    sampler.submit(MONOTONIC_COUNT, 'a', 100, [], '')
    assert values(sampler) == []
    sampler.submit(MONOTONIC_COUNT, 'a', 130, [], '')
    assert values(sampler) == [('a', 'count', 30)]


def test_a_monotonic_count_that_was_reset_counts_from_zero_only_if_asked(sampler: Sampler) -> None:
    for value in (100, 7):
        sampler.submit(MONOTONIC_COUNT, 'a', value, [], '')
        sampler.submit(MONOTONIC_COUNT, 'b', value, [], '', True)
    assert values(sampler) == [('a', 'count', 0), ('b', 'count', 107)]


def test_a_counter_is_a_rate(sampler: Sampler) -> None:
    sampler.submit(COUNTER, 'a', 0, [], '')
    sampler.submit(COUNTER, 'a', 20, [], '')
    assert values(sampler) == [('a', 'rate', 2)]


def test_a_histogram_becomes_five_series(sampler: Sampler) -> None:
    for value in (4, 1, 3, 2):
        sampler.submit(HISTOGRAM, 'a', value, [], '')
    found = {name: value for name, _, value in values(sampler)}
    assert found == {'a.max': 4, 'a.median': 2, 'a.avg': 2.5, 'a.count': 4, 'a.95percentile': 4}


def test_tags_and_host_tell_contexts_apart(sampler: Sampler) -> None:
    sampler.submit(GAUGE, 'a', 1, ['x:1', 'x:1'], '')
    sampler.submit(GAUGE, 'a', 2, ['x:2'], 'other')
    found = sampler.commit()['metrics']
    assert [(one['tags'], one['host']) for one in found] == [(['x:1'], 'box'), (['x:2'], 'other')]


def test_a_point_is_whole_seconds_and_a_value(sampler: Sampler) -> None:
    sampler.submit(GAUGE, 'a', 1.5, [], '')
    assert sampler.commit()['metrics'][0]['points'] == [[1000, 1.5]]


def test_a_service_check_keeps_its_status(sampler: Sampler) -> None:
    sampler.service_check('a.up', 2, ['x:1'], '', 'down')
    found = sampler.commit()['service_checks'][0]
    assert (found['check'], found['status'], found['message'], found['host_name']) == ('a.up', 2, 'down', 'box')

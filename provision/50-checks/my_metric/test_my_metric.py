"""my_metric against datadog-checks-base's stubs."""

import json
import random

import pytest
from my_metric import MyMetricCheck, __version__


def run(instance, init_config=None):
    """Run one instance once; returns its error message, or '' on success."""
    error = MyMetricCheck('my_metric', init_config or {}, [instance]).run()
    return json.loads(error)[0]['message'] if error else ''


def values(aggregator):
    return [metric.value for metric in aggregator.metrics('my_metric')]


def test_sends_one_gauge_per_run(aggregator):
    assert run({}) == ''
    aggregator.assert_metric('my_metric', count=1, metric_type=aggregator.GAUGE)
    aggregator.assert_all_metrics_covered()


def test_carries_the_tags_of_the_instance(aggregator):
    run({'tags': ['check:my_metric', 'team:lab']})
    aggregator.assert_metric('my_metric', tags=['check:my_metric', 'team:lab'])


def test_tags_left_empty_in_yaml_are_no_tags(aggregator):
    assert run({'tags': None}) == ''
    aggregator.assert_metric('my_metric', tags=[])


def test_defaults_are_0_and_1000_both_included(aggregator, monkeypatch):
    monkeypatch.setattr(random, 'randint', lambda low, high: low)
    run({})
    monkeypatch.setattr(random, 'randint', lambda low, high: high)
    run({})
    assert values(aggregator) == [0, 1000]


def test_reaches_both_bounds_and_never_leaves_them(aggregator):
    random.seed(7)
    check = MyMetricCheck('my_metric', {}, [{'min': -2, 'max': 2}])
    for _ in range(300):
        assert check.run() == ''
    assert set(values(aggregator)) == {-2, -1, 0, 1, 2}


def test_any_two_bounds_in_order_hold_every_value(aggregator):
    source = random.Random(45)
    for _ in range(100):
        low = source.randint(-(10**9), 10**9 - 1)
        high = source.randint(low + 1, 10**9)
        aggregator.reset()
        assert run({'min': low, 'max': high}) == ''
        assert low <= values(aggregator)[0] <= high


@pytest.mark.parametrize(('low', 'high'), [(10, 1), (5, 5), (1001, 1000)])
def test_swapped_or_equal_bounds_are_refused(aggregator, low, high):
    message = run({'min': low, 'max': high})
    assert message == f'`min` must be smaller than `max`, found min {low} and max {high}'
    assert values(aggregator) == []


def test_one_bound_beyond_the_other_ones_default_is_refused(aggregator):
    assert 'min 2000 and max 1000' in run({'min': 2000})


@pytest.mark.parametrize('value', ['5', 1.5, True, None, [1], {}])
def test_a_bound_that_is_no_whole_number_is_refused(aggregator, value):
    message = run({'max': value})
    assert message.startswith('`max` must be a whole number, found ')
    assert type(value).__name__ in message
    assert values(aggregator) == []


@pytest.mark.parametrize(
    ('key', 'nearest'),
    [('mim', 'min'), ('maxx', 'max'), ('min_colection_interval', 'min_collection_interval')],
)
def test_a_misspelt_option_is_refused_with_the_nearest_known_one(aggregator, key, nearest):
    assert run({key: 3}) == f'unknown option `{key}` in the instance; did you mean `{nearest}`?'
    assert values(aggregator) == []


@pytest.mark.parametrize('key', ['min', 'max'])
def test_bounds_in_init_config_are_refused_instead_of_ignored(aggregator, key):
    assert run({}, {key: 3}) == f'`{key}` stands in init_config; move it to the instance'
    assert values(aggregator) == []


def test_other_keys_of_init_config_are_refused_too(aggregator):
    assert run({}, {'minimum': 3}).startswith('unknown option `minimum` in init_config')
    assert run({}, {'service': 'lab'}) == ''


def test_every_run_of_a_wrong_instance_fails_again(aggregator):
    check = MyMetricCheck('my_metric', {}, [{'min': 2, 'max': 1}])
    assert check.run() != ''
    assert check.run() != ''


def test_options_that_belong_to_the_agent_are_accepted(aggregator):
    assert run({'min_collection_interval': 45, 'service': 'lab', 'empty_default_hostname': False}) == ''


def test_has_a_version():
    assert __version__.count('.') == 2

"""The published ids (guide/agent-contract.md, "Checks")."""

import pytest

from lab_agent.check_id import check_id, config_text, fnv1_64


@pytest.mark.parametrize(
    ('name', 'instance', 'expected'),
    [
        ('my_metric', {}, 'my_metric:f2f7a6423b31b60e'),
        ('cpu', {}, 'cpu:e331d61ed1323219'),
        ('disk', {'use_mount': False}, 'disk:67cc0574430a16ba'),
    ],
)
def test_a_published_id_is_met(name: str, instance: dict, expected: str) -> None:
    assert check_id(name, instance, None) == expected


def test_older_agents_hashed_the_instance_alone() -> None:
    assert f'{fnv1_64(config_text({})):x}' == 'd884b5186b651429'


@pytest.mark.parametrize('option', ['name', 'namespace'])
def test_a_name_in_the_instance_stands_in_the_id(option: str) -> None:
    head, own, digest = check_id('http', {option: 'front'}, None).split(':')
    assert (head, own) == ('http', 'front')
    assert int(digest, 16)


def test_another_instance_in_the_same_file_changes_the_id() -> None:
    assert check_id('a', {}, None, [{}]) != check_id('a', {}, None, [{}, {'x': 1}])


def test_init_config_changes_the_id() -> None:
    assert check_id('a', {}, None) != check_id('a', {}, {'x': 1})

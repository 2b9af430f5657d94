"""What is configured in conf.d."""

from pathlib import Path

import pytest

from lab_agent.configs import load_configs


def put(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_both_ways_of_naming_a_file_are_read(tmp_path: Path) -> None:
    put(tmp_path, 'a.d/conf.yaml', 'instances: [{}]')
    put(tmp_path, 'b.yaml', 'init_config: {x: 1}\ninstances: [{y: 2}]')
    found = load_configs(tmp_path)
    assert [one.name for one in found.instances] == ['a', 'b']
    assert found.instances[1].init_config == {'x': 1}
    assert found.instances[0].source == f'file:{tmp_path}/a.d/conf.yaml'


@pytest.mark.parametrize(('text', 'seconds'), [('{}', 15), ('{min_collection_interval: 45}', 45)])
def test_the_interval_stands_on_the_instance(tmp_path: Path, text: str, seconds: int) -> None:
    put(tmp_path, 'a.d/conf.yaml', f'init_config: {{min_collection_interval: 99}}\ninstances: [{text}]')
    assert load_configs(tmp_path).instances[0].interval == seconds


def test_a_file_may_hold_logs_alone(tmp_path: Path) -> None:
    put(tmp_path, 'app.d/conf.yaml', 'logs: [{type: file, path: /x}]')
    found = load_configs(tmp_path)
    assert (found.instances, [one.values['path'] for one in found.logs]) == ([], ['/x'])


@pytest.mark.parametrize(
    'text',
    ['a: [', '- x', 'instances: {}\nlogs: x', 'instances: [3]', '{}', 'instances: [{min_collection_interval: "45s"}]'],
)
def test_a_broken_file_is_an_error_of_its_name_and_stops_no_other(tmp_path: Path, text: str) -> None:
    put(tmp_path, 'bad.d/conf.yaml', text)
    put(tmp_path, 'good.d/conf.yaml', 'instances: [{}]')
    found = load_configs(tmp_path)
    assert list(found.errors) == ['bad']
    assert [one.name for one in found.instances] == ['good']


def test_examples_are_passed_over(tmp_path: Path) -> None:
    put(tmp_path, 'a.d/conf.yaml.example', 'instances: [{}]')
    assert load_configs(tmp_path).instances == []


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    assert 'conf.d' in load_configs(tmp_path / 'conf.d').errors


@pytest.mark.parametrize(
    ('other', 'names'),
    [('instances: [{x: 1}]', ['conf.yaml']), ('logs: [{type: tcp, port: 1}]', ['conf.yaml.default'])],
)
def test_a_default_counts_only_without_another_configuration(tmp_path: Path, other: str, names: list[str]) -> None:
    put(tmp_path, 'a.d/conf.yaml.default', 'instances: [{}]')
    put(tmp_path, 'a.d/conf.yaml', other)
    assert [one.source.rpartition('/')[2] for one in load_configs(tmp_path).instances] == names


def test_a_default_that_was_moved_aside_is_not_read(tmp_path: Path) -> None:
    put(tmp_path, 'a.d/conf.yaml.default.off', 'instances: [{}]')
    put(tmp_path, 'a.d/conf.yaml.example', 'instances: [{}]')
    assert load_configs(tmp_path).instances == []
    put(tmp_path, 'b.yaml.default', 'instances: [{}]')
    assert [one.name for one in load_configs(tmp_path).instances] == ['b']

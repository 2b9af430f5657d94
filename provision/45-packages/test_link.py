"""link.py: which packages it refuses, and what it leaves in checks.d."""

import importlib.util
import sys
from pathlib import Path

import pytest

spec = importlib.util.spec_from_file_location('link', Path(__file__).parent / 'data/link.py')
tool = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tool)


@pytest.fixture
def folders(tmp_path):
    packages, checks = tmp_path / 'packages', tmp_path / 'checks.d'
    packages.mkdir()
    checks.mkdir()
    return packages, checks


def package(packages, name, module=None, version='1.0'):
    module = module or name.lower()
    (packages / module).mkdir()
    (packages / module / '__init__.py').touch()
    info = packages / f'{name}-{version}.dist-info'
    info.mkdir()
    (info / 'METADATA').write_text(f'Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n')


def run(monkeypatch, packages, checks):
    monkeypatch.setattr(sys, 'argv', ['link.py', str(packages), str(checks)])
    tool.main()


def test_modules_and_metadata_are_linked_and_nothing_else(folders, monkeypatch):
    packages, checks = folders
    package(packages, 'boxhound-a', 'boxhound_a')
    (packages / 'boxhound_single.py').touch()
    (packages / '__pycache__').mkdir()
    (packages / 'boxhound.pth').touch()
    run(monkeypatch, packages, checks)
    assert sorted(one.name for one in checks.iterdir()) == [
        'boxhound-a-1.0.dist-info',
        'boxhound_a',
        'boxhound_single.py',
    ]
    assert all(one.is_symlink() and one.exists() for one in checks.iterdir())


def test_a_second_run_follows_the_packages_and_leaves_checks_alone(folders, monkeypatch):
    packages, checks = folders
    (checks / 'my_check.py').write_text('own')
    package(packages, 'boxhound-a', 'boxhound_a')
    run(monkeypatch, packages, checks)
    (packages / 'boxhound_a').rename(packages / 'boxhound_b')
    run(monkeypatch, packages, checks)
    assert {one.name for one in checks.iterdir()} == {'my_check.py', 'boxhound-a-1.0.dist-info', 'boxhound_b'}
    assert (checks / 'my_check.py').read_text() == 'own'


def test_a_package_of_the_agents_python_is_refused_with_both_versions(folders, monkeypatch):
    packages, checks = folders
    package(packages, 'PyTest', version='0.0.1')
    with pytest.raises(SystemExit, match=rf'pytest 0\.0\.1 is in the Agent already, as {pytest.__version__}'):
        run(monkeypatch, packages, checks)
    assert not list(checks.iterdir())


def test_a_module_of_the_agents_python_is_refused_whatever_package_brings_it(folders, monkeypatch):
    packages, checks = folders
    package(packages, 'boxhound-other', 'json')
    with pytest.raises(SystemExit, match='the module json is in the Agent already'):
        run(monkeypatch, packages, checks)


def test_a_check_is_never_hidden(folders, monkeypatch):
    packages, checks = folders
    package(packages, 'boxhound-a', 'boxhound_a')
    (checks / 'boxhound_a').mkdir()
    with pytest.raises(SystemExit, match='boxhound_a is there already'):
        run(monkeypatch, packages, checks)

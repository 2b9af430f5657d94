"""The order in guide/agent-contract.md, "Units and identity"."""

import socket
from pathlib import Path

import pytest

from lab_agent.host_name import resolve, valid
from lab_agent.settings import Settings


def test_the_configured_name_comes_first(tmp_path: Path) -> None:
    file = tmp_path / 'name'
    file.write_text('from-file\n')
    found = resolve(Settings(hostname='configured', hostname_file=str(file), hostname_fqdn=True))
    assert (found.name, found.provider) == ('configured', 'configuration')


def test_then_the_file(tmp_path: Path) -> None:
    file = tmp_path / 'name'
    file.write_text('from-file\n')
    found = resolve(Settings(hostname_file=str(file), hostname_fqdn=True))
    assert (found.name, found.provider) == ('from-file', 'hostnameFile')


def test_then_the_full_name_if_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, 'getfqdn', lambda: 'box.example.org')
    found = resolve(Settings(hostname_fqdn=True))
    assert (found.name, found.provider) == ('box.example.org', 'fqdn')


def test_last_the_operating_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, 'getfqdn', lambda: 'box.example.org')
    monkeypatch.setattr(socket, 'gethostname', lambda: 'box')
    found = resolve(Settings(hostname_file='/does/not/exist'))
    assert (found.name, found.provider) == ('box', 'os')
    assert set(found.errors) == {'configuration', 'hostnameFile', 'fqdn'}


@pytest.mark.parametrize('name', ['localhost', 'LOCALHOST.localdomain', '', 'a b', '-a', 'a' * 256])
def test_a_name_that_every_machine_has_is_refused(name: str) -> None:
    assert not valid(name)


@pytest.mark.parametrize('name', ['a', 'box-1', 'a.b.c', 'boxhound-1f2e3d'])
def test_a_proper_name_is_taken(name: str) -> None:
    assert valid(name)

"""The machine under contract: the lab Agent from these sources in a temporary root, or any Agent over SSH (--host)."""

from collections.abc import Iterator

import pytest

from local import LocalMachine
from machine import Machine
from remote import RemoteMachine


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup('contract', 'the machine under contract')
    group.addoption('--host', help='judge the Agent on this machine instead of the one in these sources')
    group.addoption('--port', type=int, default=22)
    group.addoption('--user', default='root')
    group.addoption('--key', help="file of the caller's private key")
    group.addoption('--host-key-file', help='known_hosts file with the key that the machine must show')


@pytest.fixture(scope='session')
def machine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """One machine for the whole run, with the contract's own checks, which are removed afterwards."""
    option = request.config.getoption
    found: Machine
    if option('--host'):
        if not option('--key') or not option('--host-key-file'):
            raise pytest.UsageError('--host needs --key FILE and --host-key-file KNOWN_HOSTS')
        found = RemoteMachine(
            option('--host'), option('--port'), option('--user'), option('--key'), option('--host-key-file')
        )
    else:
        found = LocalMachine(tmp_path_factory.mktemp('machine'))
    try:
        found.begin()
        yield found
    finally:
        found.end()

"""Shared fixtures."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mongod import BACKENDS, Mongod, prepared, running


@pytest.fixture(params=BACKENDS.values(), ids=BACKENDS.keys(), scope='module')
def backend(request: pytest.FixtureRequest) -> Path:
    """The data store: a tiny fake, and FerretDB if provided."""
    return Path(request.param)


@pytest.fixture
def fresh(backend: Path) -> Iterator[Mongod]:
    """A server that has not been started."""
    with prepared(backend) as mongod:
        yield mongod


@pytest.fixture(scope='module')
def shared(backend: Path) -> Iterator[Mongod]:
    """A server with the user `root`, shared by all tests of a module."""
    with running(backend) as mongod:
        yield mongod.first_user()

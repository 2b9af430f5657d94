"""Fixtures of several tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mongod import BACKENDS, Mongod, prepared, running


@pytest.fixture(params=BACKENDS.values(), ids=BACKENDS.keys(), scope='module')
def backend(request: pytest.FixtureRequest) -> Path:
    """What keeps the data: a tiny fake, and FerretDB if one is given."""
    return Path(request.param)


@pytest.fixture
def fresh(backend: Path) -> Iterator[Mongod]:
    """A server that isn't started yet."""
    with prepared(backend) as mongod:
        yield mongod


@pytest.fixture(scope='module')
def shared(backend: Path) -> Iterator[Mongod]:
    """A server with the user `root`, the same for all tests of a module."""
    with running(backend) as mongod:
        yield mongod.first_user()

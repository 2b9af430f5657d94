"""Shared fixtures."""

from collections.abc import Iterator

import pytest

from sink import Sink, running


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running() as found:
        yield found

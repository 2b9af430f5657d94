"""Fixtures for the checks' tests: the base package ships the stubs without a fixture around them."""

from collections.abc import Iterator

import pytest
from datadog_checks.base.stubs import aggregator as stub
from datadog_checks.base.stubs.aggregator import AggregatorStub


@pytest.fixture
def aggregator() -> Iterator[AggregatorStub]:
    """What the check under test sent; empty at the start of each test."""
    stub.reset()
    yield stub
    stub.reset()

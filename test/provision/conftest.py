import pytest
from machine import Machine


@pytest.fixture
def machine(tmp_path):
    """The layers base and agent."""
    return Machine(tmp_path, ['10-base', '20-agent'])


@pytest.fixture
def bare(machine):
    """The same without a step: tests add their own."""
    machine.clear_steps()
    return machine

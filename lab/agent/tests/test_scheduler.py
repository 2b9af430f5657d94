"""Each instance runs at its own interval."""

import threading
from typing import Any

import pytest

from lab_agent import scheduler as module
from lab_agent.configs import InstanceConfig
from lab_agent.loader import Loaded, LoadedCheck
from lab_agent.scheduler import Scheduler


class Check:
    """A check that takes as long as it is told, on the test's clock."""

    def __init__(self, clock: list[float], seconds: float, error: str) -> None:
        self.clock, self.seconds, self.error = clock, seconds, error

    def run(self) -> str:
        self.clock[0] += self.seconds
        return self.error

    def get_warnings(self) -> list[str]:
        return []


def waits(monkeypatch: pytest.MonkeyPatch, interval: float, seconds: float, error: str = '') -> tuple[list[float], Any]:
    """How long the scheduler slept after each of three runs."""
    clock = [100.0]
    monkeypatch.setattr(module.time, 'monotonic', lambda: clock[0])
    loaded = Loaded()
    config = InstanceConfig('a', {}, {}, 'file:x', 'a:1', interval)
    loaded.checks.append(LoadedCheck(Check(clock, seconds, error), config, '1'))
    scheduler = Scheduler(loaded, lambda _sent: None)
    slept: list[float] = []

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            slept.append(round(timeout or 0, 3))
            clock[0] += timeout or 0
            if len(slept) == 3:
                self.set()
            return self.is_set()

    scheduler._stopped = Stop()
    scheduler._repeat(scheduler.runners[0])
    return slept, scheduler.runners[0]


def test_a_run_starts_an_interval_after_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    slept, runner = waits(monkeypatch, interval=45, seconds=2)
    assert slept == [43, 43, 43]
    assert runner.runs == 3


def test_a_run_that_took_longer_is_followed_at_once_and_nothing_is_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    assert waits(monkeypatch, interval=15, seconds=40)[0] == [0, 0, 0]


def test_a_check_that_fails_is_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    _, runner = waits(monkeypatch, interval=15, seconds=1, error='[{"message":"x","traceback":""}]')
    assert (runner.runs, runner.errors) == (3, 3)

"""Runs every loaded instance at its own interval, each in its own thread, so that a hanging check blocks no other."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from lab_agent.loader import Loaded
from lab_agent.runner import Runner

log = logging.getLogger('lab_agent.scheduler')

Sent = dict[str, list[dict[str, Any]]]


class Scheduler:
    """Owns the runners of the daemon."""

    def __init__(self, loaded: Loaded, deliver: Callable[[Sent], None]) -> None:
        self.loaded = loaded
        self.runners = [Runner(one) for one in loaded.checks]
        self._deliver = deliver
        self._stopped = threading.Event()

    @property
    def begun(self) -> bool:
        """Whether every instance has run once."""
        return all(runner.runs for runner in self.runners)

    def start(self) -> None:
        for runner in self.runners:
            threading.Thread(target=self._repeat, args=(runner,), name=runner.id, daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def _repeat(self, runner: Runner) -> None:
        interval = runner.loaded.config.interval
        due = time.monotonic()
        while not self._stopped.is_set():
            try:
                self._deliver(runner.run_once())
            except Exception:
                log.exception('could not deliver what %s sent', runner.id)
            if runner.last_error:
                log.error('check:%s | Error running check: %s', runner.id, runner.last_error)
            # The interval is a minimum: after a longer run the next one starts at once, and missed turns are skipped.
            due = max(due + interval, time.monotonic())
            self._stopped.wait(due - time.monotonic())

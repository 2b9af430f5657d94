"""What the modules `aggregator` and `datadog_agent` call: one object per process, set before any check is loaded."""

import logging
import threading
from pathlib import Path
from typing import Any

from lab_agent.sampler import Sampler
from lab_agent.settings import Settings

# The checks' base class passes every record of the root logger to `datadog_agent.log`; our own must not get there.
logging.getLogger('lab_agent').propagate = False


class Bridge:
    """State shared between the running checks and the Agent around them."""

    def __init__(
        self, settings: Settings | None = None, hostname: str = '', run_path: Path = Path('/opt/datadog-agent/run')
    ) -> None:
        self.settings = settings or Settings()
        self.hostname = hostname
        self.run_path = run_path
        self.samplers: dict[str, Sampler] = {}
        self.metadata: dict[str, dict[str, str]] = {}
        self.sent_logs = 0
        self.lock = threading.Lock()

    def sampler(self, check_id: str) -> Sampler:
        with self.lock:
            return self.samplers.setdefault(check_id, Sampler(self.hostname))

    def config(self, key: str) -> Any:
        """A configuration value requested by a check; None if unknown."""
        known = {
            'logs_enabled': self.settings.logs_enabled,
            'hostname': self.settings.hostname,
            'site': self.settings.site,
            'tags': list(self.settings.tags),
            'run_path': str(self.run_path),
            'enable_metadata_collection': True,
            'log_level': self.settings.log_level,
        }
        return known[key] if key in known else self.settings.raw.get(key)


current = Bridge()


def install(bridge: Bridge) -> None:
    """Makes `bridge` the one that checks loaded from now on call."""
    global current
    current = bridge

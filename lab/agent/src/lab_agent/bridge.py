"""What the modules `aggregator` and `datadog_agent` speak to: one object per process, set before any check loads."""

import logging
import threading
from pathlib import Path
from typing import Any

from lab_agent.sampler import Sampler
from lab_agent.settings import Settings

# The checks' base class hands every record of the root logger to `datadog_agent.log`: ours must not get there.
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
        """One value of the configuration as checks ask for it; None when unknown."""
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
    """Makes `bridge` the one that checks loaded from now on speak to."""
    global current
    current = bridge

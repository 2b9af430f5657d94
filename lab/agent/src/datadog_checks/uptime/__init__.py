"""The lab Agent's own `uptime` check, one of those that an Agent runs by default."""

import time
from typing import Any

import psutil
from datadog_checks.base import AgentCheck

__version__ = '1.0.0+lab'

__all__ = ['Uptime', '__version__']


class Uptime(AgentCheck):
    """Seconds since the machine has started."""

    def check(self, _instance: dict[str, Any]) -> None:
        self.gauge('system.uptime', time.time() - psutil.boot_time())

"""Open files of the whole machine, and how near they are to the kernel's limit."""

from pathlib import Path
from typing import Any

from datadog_checks.base import AgentCheck

__version__ = '1.0.0'


class OpenFilesCheck(AgentCheck):
    """Gauges `open_files.used` and `open_files.percent`, and the service check `open_files.below_limit`."""

    source = Path('/proc/sys/fs/file-nr')

    def check(self, _: dict[str, Any]) -> None:
        """Read the kernel's three numbers: open, free, limit."""
        used, _free, limit = (int(word) for word in self.source.read_text().split())
        percent = 100 * used / limit
        tags = self.instance.get('tags') or []
        self.gauge('open_files.used', used, tags=tags)
        self.gauge('open_files.percent', percent, tags=tags)
        critical = percent > self.instance.get('critical_percent', 90)
        self.service_check('open_files.below_limit', self.CRITICAL if critical else self.OK, tags=tags)

"""A check for the contract tests: sends one of everything, or a single gauge when the Agent schedules it."""

import os

from datadog_checks.base import AgentCheck

__version__ = '1.2.3'


class ShapesCheck(AgentCheck):
    def check(self, _instance):
        self.gauge('boxhound.contract.gauge', 1.5, tags=['kind:gauge'])
        # Only on request: the running Agent must not trigger alerts in anyone's account.
        if os.environ.get('BOXHOUND_CONTRACT') != 'all':
            return
        self.total = getattr(self, 'total', 0) + 100
        self.rate('boxhound.contract.rate', self.total)
        self.monotonic_count('boxhound.contract.monotonic', self.total)
        self.count('boxhound.contract.count', 3)
        for status in (AgentCheck.OK, AgentCheck.WARNING, AgentCheck.CRITICAL, AgentCheck.UNKNOWN):
            self.service_check(
                f'boxhound.contract.status{status}', status, message=f'status {status}' if status else ''
            )
        self.warning('planted warning')

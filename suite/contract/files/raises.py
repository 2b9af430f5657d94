"""A check for the contract tests that raises."""

from datadog_checks.base import AgentCheck


class RaisesCheck(AgentCheck):
    def check(self, _instance):
        raise ValueError('planted failure, password=Planted4you')

"""The package `checks` of Agent 5, which the Agent still provides to checks written for it."""

from datadog_checks.checks import AgentCheck
from datadog_checks.errors import CheckException

__all__ = ['AgentCheck', 'CheckException']

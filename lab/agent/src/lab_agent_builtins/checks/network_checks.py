"""The module `checks.network_checks` of Agent 5."""

from datadog_checks.checks.network import EventType, NetworkCheck, Status

__all__ = ['EventType', 'NetworkCheck', 'Status']

"""The module `utils.timeout` of Agent 5."""

from datadog_checks.utils.timeout import TimeoutException, timeout

__all__ = ['TimeoutException', 'timeout']

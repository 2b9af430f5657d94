"""The module `checks.libs.thread_pool` of Agent 5."""

from datadog_checks.base.checks.libs.thread_pool import Pool

__all__ = ['Pool']

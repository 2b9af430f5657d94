"""The module `utils.platform` of Agent 5."""

from datadog_checks.utils.platform import Platform

__all__ = ['Platform']

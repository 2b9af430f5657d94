"""The module `utils.tailfile` of Agent 5."""

from datadog_checks.utils.tailfile import TailFile

__all__ = ['TailFile']

"""The lab Agent's own `disk` check, with the metric names and types of the official one but none of its code."""

from datadog_checks.disk.check import Disk

__version__ = '7.3.0+lab'

__all__ = ['Disk', '__version__']

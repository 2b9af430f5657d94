"""The lab Agent's own `http_check`, with the metric names and types of the official one but none of its code."""

from datadog_checks.http_check.check import HTTPCheck

__version__ = '12.4.0+lab'

__all__ = ['HTTPCheck', '__version__']

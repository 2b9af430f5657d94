"""The lab Agent's own `mysql` check, with the metric names and types of the official one but none of its code."""

from datadog_checks.mysql.check import MySqlCheck

__version__ = '12.5.1+lab'

__all__ = ['MySqlCheck', '__version__']

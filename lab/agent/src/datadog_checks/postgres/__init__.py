"""The lab Agent's own `postgres` check, with the metric names and types of the official one but none of its code."""

from datadog_checks.postgres.check import PostgresCheck

__version__ = '18.3.0+lab'

__all__ = ['PostgresCheck', '__version__']

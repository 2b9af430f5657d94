"""The lab Agent's own `mongo` check, with the metric names and types of the official one but none of its code."""

from datadog_checks.mongo.check import MongoDb

__version__ = '6.6.0+lab'

__all__ = ['MongoDb', '__version__']

"""The lab Agent's own `nginx` check, with the metric names and types of the official one but none of its code."""

from datadog_checks.nginx.check import Nginx

__version__ = '9.2.0+lab'

__all__ = ['Nginx', '__version__']

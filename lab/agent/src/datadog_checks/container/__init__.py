"""The lab Agent's own `container` check, with the names of the real Agent's core check but none of its code."""

from datadog_checks.container.check import ContainerCheck

__version__ = '1.0.0+lab'

__all__ = ['ContainerCheck', '__version__']

"""The package `checks.prometheus_check` of Agent 5."""

from datadog_checks.checks.prometheus import PrometheusCheck

__all__ = ['PrometheusCheck']

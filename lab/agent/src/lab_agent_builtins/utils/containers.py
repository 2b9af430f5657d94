"""The module `utils.containers` of Agent 5."""

from datadog_checks.utils.containers import freeze, hash_mutable

__all__ = ['freeze', 'hash_mutable']

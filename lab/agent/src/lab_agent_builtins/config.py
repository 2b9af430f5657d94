"""The module `config` of Agent 5, which the Agent still provides to checks written for it."""

from datadog_checks.config import _is_affirmative, is_affirmative
from datadog_checks.log import _get_py_loglevel

__all__ = ['_get_py_loglevel', '_is_affirmative', 'is_affirmative']

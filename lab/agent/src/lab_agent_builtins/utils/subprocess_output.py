"""The module `utils.subprocess_output` of Agent 5."""

from datadog_checks.utils.subprocess_output import get_subprocess_output, subprocess_output

from _util import SubprocessOutputEmptyError

__all__ = ['SubprocessOutputEmptyError', 'get_subprocess_output', 'subprocess_output']

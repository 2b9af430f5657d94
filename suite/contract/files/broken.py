"""A check for the contract tests that can't be imported."""

import boxhound_no_such_module  # noqa: F401

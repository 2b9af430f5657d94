"""A check of the contract test that can't be imported."""

import boxhound_no_such_module  # noqa: F401

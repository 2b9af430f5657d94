"""Connects by PyMySQL, and loads the cryptography that only some of MySQL's logins need when one needs it.

PyMySQL imports it at once if it is there: a third of the whole check's start, and MariaDB never asks for it.
"""

import importlib
import sys
from typing import Any

_BLOCKED = 'cryptography'


def _import_pymysql() -> Any:
    if 'pymysql' not in sys.modules and _BLOCKED not in sys.modules:
        # None makes an import fail, which PyMySQL takes for "not installed".
        sys.modules[_BLOCKED] = None  # type: ignore[assignment]
        try:
            importlib.import_module('pymysql')
        finally:
            del sys.modules[_BLOCKED]
    return importlib.import_module('pymysql')


pymysql = _import_pymysql()


def connect(**options: Any) -> Any:
    """`pymysql.connect`, once more with cryptography when the server's way of logging in asks for it."""
    try:
        return pymysql.connect(**options)
    except RuntimeError as error:
        if _BLOCKED not in str(error):
            raise
        importlib.reload(sys.modules['pymysql._auth'])
        return pymysql.connect(**options)

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


def _attempt(**options: Any) -> Any:
    """A connection, or None when the server's way of logging in needs cryptography."""
    try:
        return pymysql.connect(**options)
    except RuntimeError as error:
        if _BLOCKED in str(error):
            return None
        raise


def connect(local: bool, **options: Any) -> Any:
    """The cheapest way that the server accepts: plain on this machine, over TLS, with an encrypted password.

    Nobody listens in between on loopback, and PyMySQL reads the system's whole certificate store before a handshake.
    """
    connection = _attempt(ssl_disabled=True, **options) if local else None
    connection = connection or _attempt(**options)
    if connection is None:
        importlib.reload(sys.modules['pymysql._auth'])
        connection = pymysql.connect(**options)
    return connection

"""Connects with PyMySQL, and loads the package `cryptography` only if the login needs it.

PyMySQL would import it at once if installed, which takes a third of the check's start, and MariaDB never needs it.
"""

import importlib
import sys
from typing import Any

_BLOCKED = 'cryptography'


def _import_pymysql() -> Any:
    if 'pymysql' not in sys.modules and _BLOCKED not in sys.modules:
        # None makes the import fail, which PyMySQL treats as "not installed".
        sys.modules[_BLOCKED] = None  # type: ignore[assignment]
        try:
            importlib.import_module('pymysql')
        finally:
            del sys.modules[_BLOCKED]
    return importlib.import_module('pymysql')


pymysql = _import_pymysql()


def _attempt(**options: Any) -> Any:
    """A connection, or None if the server's authentication method needs cryptography."""
    try:
        return pymysql.connect(**options)
    except RuntimeError as error:
        if _BLOCKED in str(error):
            return None
        raise


def connect(local: bool, **options: Any) -> Any:
    """The cheapest way that the server accepts: plain on loopback, over TLS, with an encrypted password.

    Loopback can't be tapped, and PyMySQL reads the system's whole certificate store before a handshake.
    """
    connection = _attempt(ssl_disabled=True, **options) if local else None
    connection = connection or _attempt(**options)
    if connection is None:
        importlib.reload(sys.modules['pymysql._auth'])
        connection = pymysql.connect(**options)
    return connection

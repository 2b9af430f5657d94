"""Permitted addresses: `http` on loopback. Each address is checked separately."""

import ipaddress
from typing import NamedTuple
from urllib.parse import urlsplit

_LOCALHOST = ('127.0.0.1', '::1')


class Address(NamedTuple):
    """An address on loopback. `hosts` are IP addresses, tried in turn, so no name is resolved."""

    hosts: tuple[str, ...]
    port: int
    prefix: str


def _hosts(name: str) -> tuple[str, ...]:
    if name == 'localhost':
        return _LOCALHOST
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return ()
    inside = address.is_loopback if address.version == 4 else str(address) == '::1'
    return (name,) if inside else ()


def loopback(url: str) -> Address | None:
    """The address of URL, or None unless it is `http` to 127.0.0.0/8, ::1 or localhost."""
    try:
        found = urlsplit(url.strip())
        hosts = _hosts(found.hostname or '') if found.scheme == 'http' else ()
        port = found.port if found.port is not None else 80
    except ValueError:
        return None
    return Address(hosts, port, found.path.rstrip('/')) if hosts and port else None

"""The host name, from providers in the Agent's documented order."""

import re
import socket
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from lab_agent.settings import Settings

_VALID = re.compile(r'^(?=.{1,255}$)([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(\.[a-zA-Z0-9-]+)*\.?$')
_LOCAL = {'localhost', 'localhost.localdomain', 'localhost6.localdomain6', 'ip6-localhost'}


class HostName(NamedTuple):
    """A name, its provider, and why the earlier providers gave none."""

    name: str
    provider: str
    errors: Mapping[str, str] = MappingProxyType({})


def valid(name: str) -> bool:
    """Whether it is valid by RFC 1123 and not a name that every machine has."""
    return name.lower() not in _LOCAL and _VALID.match(name) is not None


def resolve(settings: Settings) -> HostName:
    """hostname/DD_HOSTNAME, hostname_file, fqdn (only with `hostname_fqdn`), os. There is no cloud in the lab."""
    errors: dict[str, str] = {}
    if settings.hostname:
        if valid(settings.hostname):
            return HostName(settings.hostname, 'configuration')
        errors['configuration'] = f'{settings.hostname} is not RFC1123 compliant or is a local host name'
    else:
        errors['configuration'] = 'hostname is empty'
    if settings.hostname_file:
        try:
            name = Path(settings.hostname_file).read_text(encoding='utf-8').strip()
        except OSError as error:
            errors['hostnameFile'] = f'could not read hostname from {settings.hostname_file}: {error.strerror}'
        else:
            if valid(name):
                return HostName(name, 'hostnameFile', errors)
            errors['hostnameFile'] = f'{name} is not RFC1123 compliant or is a local host name'
    else:
        errors['hostnameFile'] = "'hostname_file' configuration is not enabled"
    if settings.hostname_fqdn:
        name = socket.getfqdn()
        if valid(name):
            return HostName(name, 'fqdn', errors)
        errors['fqdn'] = f'{name} is not usable'
    else:
        errors['fqdn'] = "'hostname_fqdn' configuration is not enabled"
    return HostName(socket.gethostname(), 'os', errors)

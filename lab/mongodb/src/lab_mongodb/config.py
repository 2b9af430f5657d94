"""mongod.conf: the supported options, their values, and the resulting configuration."""

import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab_mongodb import yaml


class ConfigError(Exception):
    """An invalid configuration; the server exits with the real server's exit code."""

    def __init__(self, message: str, code: int = 2) -> None:
        super().__init__(message)
        self.code = code


# Supported options, with their type or their allowed values.
_OPTIONS: dict[str, type | tuple[str, ...]] = {
    'net.bindIp': str,
    'net.bindIpAll': bool,
    'net.ipv6': bool,
    'net.maxIncomingConnections': int,
    'net.port': int,
    'operationProfiling.mode': ('off',),
    'operationProfiling.slowOpThresholdMs': int,
    'processManagement.fork': ('false',),
    'processManagement.pidFilePath': str,
    'processManagement.timeZoneInfo': str,
    'replication.oplogSizeMB': int,
    'replication.replSetName': str,
    'security.authorization': ('enabled', 'disabled'),
    'security.keyFile': str,
    'storage.dbPath': str,
    'storage.directoryPerDB': bool,
    'systemLog.destination': ('file',),
    'systemLog.logAppend': bool,
    'systemLog.logRotate': ('rename', 'reopen'),
    'systemLog.path': str,
    'systemLog.quiet': bool,
    'systemLog.verbosity': int,
}
# Anything below these is accepted, without effect unless read below.
_FREE = ('setParameter.', 'storage.wiredTiger.')
# Options of the real server that the lab lacks: better an error than a server that silently does less.
_ABSENT = ('net.tls.', 'net.unixDomainSocket.', 'security.', 'sharding.', 'auditLog.', 'storage.')


@dataclass(frozen=True)
class Config:
    """The server's configuration."""

    db_path: Path
    log_path: Path | None = None
    log_append: bool = False
    log_rename: bool = True
    port: int = 27017
    addresses: tuple[str, ...] = ('127.0.0.1',)
    most_connections: int = 65536
    slow_milliseconds: int = 100
    authorization: bool = False
    key_file: Path | None = None
    replica_set: str | None = None
    oplog_megabytes: int = 128
    pid_file: Path | None = None
    umask: int = 0o077
    localhost_exception: bool = True
    parsed: dict[str, Any] = field(default_factory=dict)


def _flat(tree: dict[str, Any], prefix: str = '') -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in tree.items():
        name = f'{prefix}{key}'
        found.update(_flat(value, f'{name}.') if isinstance(value, dict) else {name: value})
    return found


def _nested(flat: dict[str, Any]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, value in flat.items():
        *sections, last = name.split('.')
        at = tree
        for section in sections:
            at = at.setdefault(section, {})
        at[last] = value
    return tree


def _check(name: str, value: Any) -> None:
    if name.startswith(_FREE):
        return
    known = _OPTIONS.get(name)
    if known is None:
        absent = name.startswith(_ABSENT)
        raise ConfigError(f'the lab has no option {name}' if absent else f'Unrecognized option: {name}')
    if isinstance(known, tuple):
        if str(value).lower() not in known:
            raise ConfigError(f'Bad value for {name}: expected {" or ".join(known)}, got {value!r}')
    elif type(value) is not known:
        raise ConfigError(f'Bad value for {name}: expected {known.__name__}, got {value!r}')


def _is_true(flat: dict[str, Any], name: str, otherwise: bool = False) -> bool:
    # Parameters may also be strings.
    return str(flat.get(name, otherwise)).lower() in ('true', '1')


def _umask(flat: dict[str, Any]) -> int:
    honoured = _is_true(flat, 'setParameter.honorSystemUmask')
    given = flat.get('setParameter.processUmask')
    if honoured and given is not None:
        raise ConfigError('processUmask and honorSystemUmask exclude each other')
    if honoured:
        current = os.umask(0o077)
        os.umask(current)
        return current
    if given is None:
        return 0o077
    if not re.fullmatch(r'[0-7]{1,4}', str(given)):
        raise ConfigError(f'Bad value for setParameter.processUmask: expected octal digits, got {given!r}')
    # The owner always keeps its permissions.
    return int(str(given), 8) & 0o077


def _addresses(flat: dict[str, Any]) -> tuple[str, ...]:
    ipv6 = bool(flat.get('net.ipv6', False))
    if flat.get('net.bindIpAll'):
        return ('::', '0.0.0.0') if ipv6 else ('0.0.0.0',)
    given = str(flat.get('net.bindIp', '127.0.0.1')).split(',')
    return tuple(dict.fromkeys(address.strip() for address in given if address.strip()))


def check_key_file(path: Path) -> None:
    """Like the real server, rejects a key that others can read or that is invalid."""
    try:
        status = path.stat()
        text = ''.join(path.read_text(encoding='ascii').split())
    except (OSError, UnicodeError) as error:
        raise ConfigError(f'Unable to acquire security key[s]: {path}: {error}', 1) from error
    if stat.S_IMODE(status.st_mode) & 0o077:
        raise ConfigError(f'Unable to acquire security key[s]: permissions on {path} are too open', 1)
    if not 6 <= len(text) <= 1024 or not re.fullmatch(r'[A-Za-z0-9+/=]+', text):
        wanted = '6 to 1024 characters of base64'
        raise ConfigError(f'Unable to acquire security key[s]: {path} does not hold {wanted}', 1)


def parse(text: str, path: str = '') -> Config:
    """Parses the text of a configuration file."""
    try:
        flat = _flat(yaml.parse(text))
    except yaml.YamlError as error:
        raise ConfigError(f'Error parsing YAML config file: {error}') from error
    for name, value in flat.items():
        _check(name, value)
    if ('systemLog.path' in flat) != ('systemLog.destination' in flat):
        raise ConfigError('systemLog.path and systemLog.destination need each other')
    rename = str(flat.get('systemLog.logRotate', 'rename')).lower() == 'rename'
    if not rename and not flat.get('systemLog.logAppend'):
        raise ConfigError('logpath with logRotate reopen needs logAppend')
    key_file = flat.get('security.keyFile')
    replica_set = flat.get('replication.replSetName') or None
    # A key file for members also turns on authorization for clients.
    authorization = flat.get('security.authorization', 'enabled' if key_file else 'disabled') == 'enabled'
    if authorization and replica_set and not key_file:
        raise ConfigError('security.keyFile is required when authorization is enabled with replica sets')
    if not 0 < flat.get('net.port', 27017) < 65536:
        raise ConfigError(f'Bad value for net.port: {flat["net.port"]}')
    return Config(
        db_path=Path(flat.get('storage.dbPath', '/data/db')),
        log_path=Path(flat['systemLog.path']) if 'systemLog.path' in flat else None,
        log_append=flat.get('systemLog.logAppend', False),
        log_rename=rename,
        port=flat.get('net.port', 27017),
        addresses=_addresses(flat),
        most_connections=flat.get('net.maxIncomingConnections', 65536),
        slow_milliseconds=flat.get('operationProfiling.slowOpThresholdMs', 100),
        authorization=authorization,
        key_file=Path(key_file) if key_file else None,
        replica_set=replica_set,
        oplog_megabytes=flat.get('replication.oplogSizeMB', 128),
        pid_file=Path(flat['processManagement.pidFilePath']) if 'processManagement.pidFilePath' in flat else None,
        umask=_umask(flat),
        localhost_exception=_is_true(flat, 'setParameter.enableLocalhostAuthBypass', True),
        parsed={**({'config': path} if path else {}), **_nested(flat)},
    )


def read(path: Path) -> Config:
    """Reads a configuration file."""
    try:
        text = path.read_text(encoding='utf-8')
    except (OSError, UnicodeError) as error:
        raise ConfigError(f'Error reading config file: {error}') from error
    return parse(text, str(path))

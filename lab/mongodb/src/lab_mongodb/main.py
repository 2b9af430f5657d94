"""The command `mongod`: reads its configuration, locks the data folder, and serves."""

import argparse
import asyncio
import fcntl
import os
import platform
import resource
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from lab_mongodb import VERSION
from lab_mongodb.backend import Backend
from lab_mongodb.config import Config, ConfigError, check_key_file, read
from lab_mongodb.context import State
from lab_mongodb.counters import Counters
from lab_mongodb.log import Log
from lab_mongodb.replica import Replica
from lab_mongodb.server import ServeError, Server
from lab_mongodb.users import Users

_FERRETDB = Path('/usr/lib/mongodb-lab/ferretdb')
_NOTICE = 'A stand-in of the lab for MongoDB, on FerretDB. It is not MongoDB.'


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog='mongod', description=_NOTICE, allow_abbrev=False)
    parser.add_argument('-f', '--config', type=Path, metavar='FILE', help='configuration file, as /etc/mongod.conf')
    parser.add_argument('--version', action='version', version=f'db version v{VERSION}\n{_NOTICE}')
    return parser.parse_args(argv)


def _lock(folder: Path) -> Any:
    """Locks the data folder until the process ends."""
    if not folder.is_dir():
        raise ServeError(f'NonExistentPath: Data directory {folder} not found', 100)
    try:
        file = (folder / 'mongod.lock').open('a+')
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        busy = f'Unable to lock {folder}/mongod.lock: {error}; is another mongod running?'
        raise ServeError(f'DBPathInUse: {busy}', 100) from error
    file.truncate(0)
    file.write(f'{os.getpid()}\n')
    file.flush()
    return file


def _log_start(log: Log, config: Config, host: str) -> None:
    started = {
        'pid': os.getpid(),
        'port': config.port,
        'dbPath': str(config.db_path),
        'architecture': '64-bit',
        'host': host,
    }
    log.write('CONTROL', 4615611, 'initandlisten', 'MongoDB starting', started)
    build = {'version': VERSION, 'gitVersion': 'lab', 'lab': _NOTICE}
    log.write('CONTROL', 23403, 'initandlisten', 'Build Info', {'buildInfo': build})
    system = {'name': platform.system(), 'version': platform.release()}
    log.write('CONTROL', 51765, 'initandlisten', 'Operating System', {'os': system})
    log.write('CONTROL', 21951, 'initandlisten', 'Options set by command line', {'options': config.parsed})
    if not config.authorization:
        warning = 'Access control is not enabled for the database. Anybody may read and write all data'
        log.write('CONTROL', 22120, 'initandlisten', warning, severity='W')


def _serve(config: Config, log: Log, argv: list[str]) -> None:
    host = socket.gethostname()
    _log_start(log, config, host)
    if config.key_file is not None:
        check_key_file(config.key_file)
    lock = _lock(config.db_path)
    # 80 % of the process's file limit, as in the real server.
    most = min(config.most_connections, resource.getrlimit(resource.RLIMIT_NOFILE)[0] * 4 // 5)
    program = Path(os.environ.get('LAB_MONGODB_FERRETDB') or _FERRETDB)
    state = State(
        config=replace(config, most_connections=most),
        log=log,
        users=Users(config.db_path / 'users.bson'),
        counters=Counters(),
        replica=Replica(config.db_path / 'replica.bson', config.replica_set, f'{config.addresses[0]}:{config.port}'),
        backend=Backend(program, config.db_path / 'ferretdb', config.replica_set),
        host=host if config.port == 27017 else f'{host}:{config.port}',
        argv=argv,
    )
    if state.replica.is_foreign:
        log.write('REPL', 21405, 'initandlisten', 'The data folder belongs to another replica set', severity='E')
    if config.pid_file is not None:
        config.pid_file.write_text(f'{os.getpid()}\n')
    asyncio.run(Server(state).run())
    lock.truncate(0)


def main(argv: list[str]) -> int:
    """Runs the server; returns its exit code."""
    given = _arguments(argv[1:])
    try:
        config = read(given.config) if given.config else Config(db_path=Path('/data/db'))
    except ConfigError as error:
        print(f"BadValue: {error}\ntry 'mongod --help' for more information", file=sys.stderr)
        return error.code
    os.umask(config.umask)
    try:
        log = Log(config.log_path, append=config.log_append, rename=config.log_rename)
    except OSError as error:
        print(f'FileNotOpen: Failed to open {config.log_path}: {error}', file=sys.stderr)
        return 1
    code = 0
    try:
        _serve(config, log, argv)
    except (ConfigError, ServeError) as error:
        code = error.code
        log.write('CONTROL', 20574, 'initandlisten', 'Error during global initialization', {'error': str(error)}, 'E')
        print(error, file=sys.stderr)
    log.write('CONTROL', 23138, 'initandlisten', 'Shutting down', {'exitCode': code})
    log.close()
    return code

"""A disposable lab mongod on a free loopback port, and helpers to inspect it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pymongo import MongoClient

HERE = Path(__file__).resolve().parent
FAKE = HERE / 'fake_ferretdb.py'
# A built FerretDB to run the same tests with.
REAL = os.environ.get('LAB_MONGODB_FERRETDB')
BACKENDS = {'fake': FAKE, **({'ferretdb': Path(REAL)} if REAL else {})}
PASSWORD = 'not-to-be-found-in-any-log'


def until(true: Callable[[], object], what: str) -> None:
    """Waits for an asynchronous event; a minute, for machines under load."""
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)


class Mongod:
    """A server with its own folder. Options map `section.name` in its configuration to a value."""

    def __init__(self, folder: Path, backend: Path, **options: Any) -> None:
        self.folder, self._backend = folder, backend
        self.data, self.log_path = folder / 'db', folder / 'mongod.log'
        self.data.mkdir()
        with socket.socket() as one:
            one.bind(('127.0.0.1', 0))
            self.port = int(one.getsockname()[1])
        self.options: dict[str, Any] = {
            'storage.dbPath': self.data,
            'systemLog.destination': 'file',
            'systemLog.path': self.log_path,
            'systemLog.logAppend': True,
            'net.port': self.port,
            'security.authorization': 'enabled',
            **options,
        }
        self.process: subprocess.Popen[str] | None = None
        self._clients: list[MongoClient[dict[str, Any]]] = []

    def spawn(self) -> subprocess.Popen[str]:
        """Starts the program without waiting."""
        sections: dict[str, list[str]] = {}
        for name, value in self.options.items():
            section, _, key = name.partition('.')
            written = str(value).lower() if isinstance(value, bool) else value
            sections.setdefault(section, []).append(f'  {key}: {written}\n')
        text = ''.join(f'{section}:\n{"".join(lines)}' for section, lines in sections.items())
        config = self.folder / 'mongod.conf'
        config.write_text(text)
        command = [sys.executable, '-IS', str(HERE.parent / 'bin' / 'mongod'), '--config', str(config)]
        environment = {
            'PATH': os.environ['PATH'],
            'LAB_MONGODB_SOURCE': str(HERE.parent / 'src'),
            'LAB_MONGODB_FERRETDB': str(self._backend),
        }
        return subprocess.Popen(command, env=environment, text=True, stderr=subprocess.PIPE)

    def start(self) -> 'Mongod':
        """Starts it and waits until it accepts connections."""
        before = self.count('Waiting for connections')
        self.process = self.spawn()
        until(lambda: self.count('Waiting for connections') > before or self.process.poll() is not None, 'start')
        assert self.process.poll() is None, self.process.stderr.read()
        return self

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ends it and returns its exit code."""
        for client in self._clients:
            client.close()
        self._clients = []
        assert self.process and self.process.stderr
        self.process.send_signal(number)
        self.process.stderr.close()
        return self.process.wait(60)

    def connect(self, user: str | None = None, password: str = PASSWORD, **options: Any) -> MongoClient[dict[str, Any]]:
        """A client, closed with the server."""
        login = {'username': user, 'password': password} if user else {}
        chosen = {'directConnection': True, **login, **options}
        client: MongoClient[dict[str, Any]] = MongoClient('127.0.0.1', self.port, **chosen)
        self._clients.append(client)
        return client

    def log(self) -> list[dict[str, Any]]:
        """The lines of its log."""
        text = self.log_path.read_text() if self.log_path.exists() else ''
        return [json.loads(line) for line in text.splitlines() if line.endswith('}')]

    def count(self, message: str) -> int:
        """The number of log lines with that message."""
        return sum(line['msg'] == message for line in self.log())

    def add_user(self, name: str, *roles: dict[str, str] | str, by: str = 'root') -> None:
        """Creates a user of `admin`."""
        self.connect(by).admin.command('createUser', name, pwd=PASSWORD, roles=list(roles))

    def first_user(self) -> 'Mongod':
        """Creates `root` through the localhost exception."""
        self.connect().admin.command('createUser', 'root', pwd=PASSWORD, roles=['root'])
        return self


@contextmanager
def prepared(backend: Path, **options: Any) -> Iterator[Mongod]:
    """A server that has not been started; it is always ended, and its folder removed."""
    # Short, since a socket's path may have at most 107 characters.
    folder = Path(tempfile.mkdtemp(prefix='mongod-'))
    mongod = Mongod(folder, backend, **options)
    try:
        yield mongod
    finally:
        if mongod.process and mongod.process.poll() is None:
            mongod.stop()
        shutil.rmtree(folder)


@contextmanager
def running(backend: Path, **options: Any) -> Iterator[Mongod]:
    """A server."""
    with prepared(backend, **options) as mongod:
        yield mongod.start()

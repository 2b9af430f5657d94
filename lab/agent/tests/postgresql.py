"""A temporary PostgreSQL in a private folder, on a free loopback port."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2

# Debian keeps the server's programs out of PATH, in one folder per version.
_FOUND = sorted(Path('/usr/lib/postgresql').glob('*/bin/postgres'), key=lambda path: float(path.parts[4]))
PROGRAMS = _FOUND[-1].parent if _FOUND else None

ACCESS = 'local all postgres trust\nhost all all 127.0.0.1/32 scram-sha-256\n'


class Server:
    """A temporary PostgreSQL, with an administrator's connection."""

    def __init__(self, folder: Path, *options: str) -> None:
        assert PROGRAMS
        with socket.socket() as one:
            one.bind(('127.0.0.1', 0))
            self.port = int(one.getsockname()[1])
        self.folder = folder
        # The server refuses to run as root.
        user = ['runuser', '-u', 'postgres', '--'] if os.geteuid() == 0 else []
        if user:
            shutil.chown(folder, 'postgres')
        data = folder / 'data'
        install = [str(PROGRAMS / 'initdb'), '--no-sync', '--username=postgres', '--auth=trust', f'--pgdata={data}']
        subprocess.run([*user, *install], check=True, capture_output=True)
        (data / 'pg_hba.conf').write_text(ACCESS)
        command = [*user, str(PROGRAMS / 'postgres'), '-D', str(data), '-p', str(self.port), '-k', str(folder)]
        command += ['-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off', *options]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.wait()

    def connect(self, dbname: str = 'postgres') -> psycopg2.extensions.connection:
        connection = psycopg2.connect(host=str(self.folder), port=self.port, user='postgres', dbname=dbname)
        connection.autocommit = True
        return connection

    def wait(self) -> None:
        deadline = time.monotonic() + 60
        while True:
            try:
                self.admin = self.connect()
                return
            except psycopg2.Error:
                assert time.monotonic() < deadline and self.process.poll() is None
                time.sleep(0.1)

    def run(self, *statements: str) -> None:
        with self.admin.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def user(self, *, monitor: bool = True, options: str = '') -> None:
        """Recreates the monitoring user."""
        self.run('DROP ROLE IF EXISTS datadog')
        self.run(f"CREATE ROLE datadog LOGIN CONNECTION LIMIT 5 PASSWORD 'secret' {options}")
        if monitor:
            self.run('GRANT pg_monitor TO datadog')

    def stop(self) -> None:
        self.admin.close()
        self.process.terminate()
        self.process.wait(30)


def start(*options: str) -> Iterator[Server]:
    # Not in pytest's folder, which the server's user can't access.
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), *options)
        server.run('CREATE DATABASE trial')
        yield server
        server.stop()

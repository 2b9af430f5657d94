"""A temporary MariaDB in a private folder, on a free loopback port."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pymysql

GRANTS = {
    'process': 'PROCESS ON *.*',
    'client': 'REPLICATION CLIENT ON *.*',
    'performance': 'SELECT ON performance_schema.*',
    'monitor': 'SLAVE MONITOR ON *.*',
}


class Server:
    """A temporary MariaDB, with an administrator's connection."""

    def __init__(self, folder: Path, *options: str) -> None:
        with socket.socket() as one:
            one.bind(('127.0.0.1', 0))
            self.port = int(one.getsockname()[1])
        self.socket = folder / 's'
        user = 'mysql' if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:
            shutil.chown(folder, user)
        data = f'--datadir={folder / "data"}'
        install = ['mariadb-install-db', '--no-defaults', f'--user={user}', data, '--skip-test-db']
        subprocess.run([*install, '--auth-root-authentication-method=normal'], check=True, capture_output=True)
        command = ['mariadbd', '--no-defaults', f'--user={user}', data, f'--socket={self.socket}']
        command += [f'--port={self.port}', '--bind-address=127.0.0.1', '--performance-schema=ON', *options]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.wait()

    def wait(self) -> None:
        deadline = time.monotonic() + 60
        while True:
            try:
                self.admin = pymysql.connect(unix_socket=str(self.socket), user='root', autocommit=True)
                return
            except pymysql.Error:
                assert time.monotonic() < deadline and self.process.poll() is None
                time.sleep(0.1)

    def run(self, *statements: str) -> None:
        with self.admin.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def user(self, *without: str) -> None:
        """Creates the monitoring user with all grants except these."""
        account = "datadog@'127.0.0.1'"
        self.run(f"CREATE OR REPLACE USER {account} IDENTIFIED BY 'secret' WITH MAX_USER_CONNECTIONS 5")
        self.run(*(f'GRANT {grant} TO {account}' for name, grant in GRANTS.items() if name not in without))

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


def start(*options: str) -> Iterator[Server]:
    # Not in pytest's folder, which the server's user can't access.
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), *options)
        server.run('CREATE DATABASE trial', 'USE trial', 'CREATE TABLE t (a INT)', 'SELECT * FROM t')
        yield server
        server.stop()

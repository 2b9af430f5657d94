"""FerretDB behind this server: the child process, and connections to its socket."""

import asyncio
import asyncio.subprocess
import contextlib
import os
import signal
from pathlib import Path
from typing import Any

from lab_mongodb import bson, wire
from lab_mongodb.errors import CommandError

# Generous, since an emulated processor is slow.
_PATIENCE = 120


class BackendError(Exception):
    """FerretDB did not start, or has ended."""


class Backend:
    """The child process. It listens without a password on a socket in a folder that only this user may enter."""

    def __init__(self, program: Path, folder: Path, replica_set: str | None) -> None:
        self._program, self._folder, self._replica_set = program, folder, replica_set
        self._process: asyncio.subprocess.Process | None = None
        self.socket = folder / 'ferretdb.sock'

    @property
    def identifier(self) -> int:
        """The process id."""
        return self._process.pid if self._process else 0

    async def start(self) -> None:
        """Starts FerretDB and waits until it answers."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._folder.chmod(0o700)
        self.socket.unlink(missing_ok=True)
        arguments = [
            '--handler=sqlite',
            f'--sqlite-url=file:{self._folder}/',
            f'--state-dir={self._folder}',
            '--listen-addr=',
            f'--listen-unix={self.socket}',
            '--debug-addr=-',
            '--telemetry=disable',
            '--log-level=error',
        ]
        if self._replica_set:
            arguments.append(f'--repl-set-name={self._replica_set}')
        # Ends with this process, however that ends.
        self._process = await asyncio.create_subprocess_exec(
            *('setpriv', '--pdeathsig', 'TERM', str(self._program), *arguments),
            stdin=asyncio.subprocess.DEVNULL,
            # FerretDB also reads options from its environment.
            env={name: os.environ[name] for name in ('PATH', 'TZ') if name in os.environ},
        )
        async with asyncio.timeout(_PATIENCE):
            while not await self._answers():
                if self._process.returncode is not None:
                    raise BackendError(f'FerretDB ended with {self._process.returncode}')
                await asyncio.sleep(0.02)

    async def _answers(self) -> bool:
        link = Link(self.socket)
        try:
            await link.command({'ping': 1, '$db': 'admin'})
        except (OSError, BackendError):
            return False
        finally:
            link.close()
        return True

    async def ended(self) -> int:
        """Waits until the process ends."""
        assert self._process
        return await self._process.wait()

    async def stop(self) -> None:
        """Ends FerretDB, which first writes its data."""
        if self._process is None or self._process.returncode is not None:
            return
        self._signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(10):
                await self._process.wait()
        except TimeoutError:
            self._signal(signal.SIGKILL)
            await self._process.wait()
        self.socket.unlink(missing_ok=True)

    def _signal(self, number: signal.Signals) -> None:
        # Not by asyncio's own way: that takes the end of a process which has just ended from those who wait for it.
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.identifier, number)


class Link:
    """A connection to FerretDB, opened on first use; each client has its own."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def exchange(self, body: dict[str, Any], sequences: dict[str, bytes] | None = None) -> bytes:
        """Sends a command and returns the reply's document unchanged."""
        if self._streams is None:
            self._streams = await asyncio.open_unix_connection(self._socket)
        reader, writer = self._streams
        try:
            writer.write(wire.request(body, sequences))
            await writer.drain()
            data = await wire.read(reader)
            if data is None:
                raise BackendError('FerretDB has closed the connection')
            return wire.answered(data)
        except (OSError, BackendError, wire.WireError, asyncio.CancelledError) as error:
            # A late reply would be taken for the next command's.
            self.close()
            if isinstance(error, wire.WireError):
                raise BackendError(str(error)) from error
            raise

    async def command(self, body: dict[str, Any]) -> dict[str, Any]:
        """Sends a command of this server's own; errors are passed to the client."""
        found = bson.decode(await self.exchange(body))
        if found.get('ok') != 1:
            raise CommandError(2, str(found.get('errmsg')))
        return found

    def close(self) -> None:
        """Closes the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

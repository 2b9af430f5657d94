"""The server: accepts connections, runs each one's commands in order, and ends on request."""

import asyncio
import contextlib
import ipaddress
import itertools
import signal
import socket
import time
import uuid
from typing import Any

from lab_mongodb import access, bson, wire
from lab_mongodb.backend import BackendError, Link
from lab_mongodb.bson import Binary
from lab_mongodb.commands import HANDLERS, WITHOUT_PRIMARY, WRITES, resolve
from lab_mongodb.commands.status import rotate
from lab_mongodb.context import Context, Operation, Request, Session, State
from lab_mongodb.errors import CommandError

# Seconds.
_HEARSAY = 10


class ServeError(Exception):
    """A fatal error; the server exits with the real server's exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def _is_local(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host.partition('%')[0])
    except ValueError:
        return False
    mapped = getattr(address, 'ipv4_mapped', None)
    return (mapped or address).is_loopback


def _peer(writer: asyncio.StreamWriter) -> tuple[str, bool]:
    host, port = writer.get_extra_info('peername')[:2]
    return (f'[{host}]:{port}' if ':' in host else f'{host}:{port}'), _is_local(host)


class Server:
    """Serves until it is stopped."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._connections, self._operations = itertools.count(1), itertools.count(1)
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Starts FerretDB, listens, and serves until it is stopped."""
        state, loop = self._state, asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._told_to_stop, number)
        loop.add_signal_handler(signal.SIGUSR1, rotate, state.log, 'SignalHandler')
        listeners: list[asyncio.Server] = []
        try:
            await self._start_backend()
            if not state.stop.is_set():
                listeners = await self._listen()
                await self._until_stopped()
        finally:
            for listener in listeners:
                listener.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await state.backend.stop()

    def _told_to_stop(self, number: signal.Signals) -> None:
        attributes = {'signal': int(number), 'error': number.name}
        self._state.log.write('CONTROL', 23377, 'SignalHandler', 'Received signal', attributes)
        self._state.stop.set()

    async def _start_backend(self) -> None:
        starting = asyncio.create_task(self._state.backend.start())
        stopping = asyncio.create_task(self._state.stop.wait())
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not starting.done():
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            return
        try:
            await starting
        except (BackendError, OSError, TimeoutError) as error:
            raise ServeError(f'FerretDB, which keeps the data, did not start: {error}', 100) from error

    async def _listen(self) -> list[asyncio.Server]:
        config, log = self._state.config, self._state.log
        listeners: list[asyncio.Server] = []
        for address in config.addresses:
            try:
                listener = await asyncio.start_server(self._accept, address, config.port, backlog=1024)
            except OSError as error:
                for earlier in listeners:
                    earlier.close()
                raise ServeError(f'Failed to set up listener: {address}:{config.port}: {error}', 48) from error
            listeners.append(listener)
            log.write('NETWORK', 23015, 'listener', 'Listening on', {'address': address})
        attributes = {'port': config.port, 'ssl': 'off'}
        log.write('NETWORK', 23016, 'listener', 'Waiting for connections', attributes)
        return listeners

    async def _until_stopped(self) -> None:
        stopping = asyncio.create_task(self._state.stop.wait())
        ending = asyncio.create_task(self._state.backend.ended())
        await asyncio.wait({stopping, ending}, return_when=asyncio.FIRST_COMPLETED)
        if ending.done() and ending.result() in (0, -signal.SIGTERM):
            # Who ends a group of processes tells both to end, and this one may hear it last.
            await asyncio.wait({stopping}, timeout=_HEARSAY)
        if not stopping.done():
            stopping.cancel()
            raise ServeError(f'FerretDB, which keeps the data, ended with {ending.result()}', 14)
        ending.cancel()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        try:
            await self._converse(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        state, counters = self._state, self._state.counters
        client, is_local = _peer(writer)
        if counters.open >= state.config.most_connections:
            counters.rejected += 1
            state.log.write('NETWORK', 22942, 'listener', 'Connection refused because there are too many open', {})
            return
        session = Session(next(self._connections), client, is_local, Link(state.backend.socket))
        identity = Binary(uuid.uuid4().bytes, 4)
        writer.get_extra_info('socket').setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        counters.connections += 1
        counters.open += 1
        state.sessions[session.identifier] = session
        self._log_connection('Connection accepted', 22943, session, identity)
        try:
            while (data := await wire.read(reader)) is not None:
                counters.bytes_in += len(data)
                counters.requests += 1
                answer = await self._answer(Context(state, session), wire.parse(data))
                if answer is not None:
                    counters.bytes_out += len(answer)
                    writer.write(answer)
                    await writer.drain()
        except wire.WireError as error:
            attributes = {'remote': client, 'error': str(error)}
            state.log.write('NETWORK', 22988, session.context, 'Error receiving request from client', attributes)
        finally:
            counters.open -= 1
            del state.sessions[session.identifier]
            session.link.close()
            self._log_connection('Connection ended', 22944, session, identity)

    def _log_connection(self, message: str, identifier: int, session: Session, identity: Binary) -> None:
        attributes = {
            'remote': session.client,
            'uuid': {'uuid': identity},
            'connectionId': session.identifier,
            'connectionCount': self._state.counters.open,
        }
        context = 'listener' if message.endswith('accepted') else session.context
        self._state.log.write('NETWORK', identifier, context, message, attributes)

    async def _answer(self, context: Context, message: wire.Message) -> bytes | None:
        name = resolve(next(iter(message.body), ''))
        request = Request(name, message)
        try:
            found = await self._carried_out(context, request)
        except CommandError as error:
            found = error.reply()
        except bson.BsonError as error:
            found = CommandError(22, str(error)).reply()
        except (BackendError, OSError) as error:
            found = CommandError(8, f'FerretDB, which keeps the data: {error}').reply()
        except Exception as error:
            # A bug in this server must not close the connection. Its message may contain secrets, so it isn't logged.
            attributes = {'command': name, 'error': type(error).__name__}
            self._state.log.write('-', 0, context.session.context, 'Mistake in the lab', attributes, severity='E')
            found = CommandError(8, f'a mistake in the lab: {type(error).__name__}').reply()
        answer = found if isinstance(found, bytes) else bson.encode(found if 'ok' in found else {**found, 'ok': 1.0})
        if bson.split(answer).get('ok') != 1:
            self._state.counters.user_asserts += 1
        return None if message.more_to_come else wire.reply(message, answer)

    async def _carried_out(self, context: Context, request: Request) -> dict[str, Any] | bytes:
        state, session, name = self._state, context.session, request.name
        if request.message.opcode == wire.OP_QUERY and name not in ('hello', 'isMaster'):
            raise CommandError(352, f'Unsupported OP_QUERY command: {name}')
        handler = HANDLERS.get(name)
        if handler is None:
            raise CommandError(59, f"no such command: '{name}'")
        state.counters.count(name, request.message)
        operation = Operation(next(self._operations), request)
        session.operation, began = operation, time.perf_counter()
        try:
            self._check(context, request)
            found = await handler(context, request)
            if request.collection:
                spent = time.perf_counter() - began
                state.counters.spend(name, request.namespace, int(spent * 1_000_000))
            return found
        finally:
            session.operation = None
            spent = time.perf_counter() - began
            if spent * 1000 > state.config.slow_milliseconds:
                self._log_slow(context, request, int(spent * 1000))

    def _check(self, context: Context, request: Request) -> None:
        try:
            access.check(context, request)
        except CommandError as error:
            if error.code == 13:
                attributes = {'error': {'code': 13, 'codeName': 'Unauthorized', 'errmsg': str(error)}}
                where = context.session.context
                self._state.log.write('ACCESS', 20436, where, 'Checking authorization failed', attributes)
            raise
        if not self._state.replica.is_primary and request.name not in WITHOUT_PRIMARY:
            if request.name in WRITES:
                raise CommandError(10107, 'not primary')
            raise CommandError(13436, 'node is not in primary or recovering state')

    def _log_slow(self, context: Context, request: Request, milliseconds: int) -> None:
        attributes: dict[str, Any] = {'type': 'command', 'ns': request.namespace}
        if context.session.application:
            attributes['appName'] = context.session.application
        attributes |= {'command': request.cut(), 'remote': context.session.client, 'protocol': 'op_msg'}
        attributes['durationMillis'] = milliseconds
        with contextlib.suppress(bson.BsonError):
            self._state.log.write('COMMAND', 51803, context.session.context, 'Slow query', attributes)

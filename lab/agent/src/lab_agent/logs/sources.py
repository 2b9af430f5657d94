"""Log sources other than files: TCP and UDP ports, and the journal."""

import json
import logging
import socketserver
import subprocess
import threading
import time
from collections.abc import Callable
from typing import Any

log = logging.getLogger('lab_agent.logs')

Take = Callable[[list[bytes]], None]
_RETRY_SECONDS = 2.0


class Listener:
    """A TCP or UDP port; one message per line, or per datagram and line."""

    def __init__(self, kind: str, port: int, take: Take) -> None:
        self.inputs: list[str] = []
        self.error = ''
        self._kind, self._port, self._take = kind, port, take
        self._server: socketserver.BaseServer | None = None

    def start(self) -> None:
        take = self._take

        class Lines(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                for line in self.rfile:
                    take([line.rstrip(b'\n')])

        class Datagrams(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                take(self.request[0].splitlines())

        try:
            if self._kind == 'tcp':
                self._server = _TcpServer(('', self._port), Lines)
            else:
                self._server = socketserver.UDPServer(('', self._port), Datagrams)
        except OSError as error:
            self.error = f'listen {self._kind} :{self._port}: {(error.strerror or str(error)).lower()}'
            log.error('%s', self.error)
            return
        self.inputs = [f'{self._kind}:{self._port}']
        threading.Thread(target=self._server.serve_forever, name=f'logs-{self.inputs[0]}', daemon=True).start()

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()


class _TcpServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class Journal:
    """The journal from now on. Without the group systemd-journal it is empty, as for the real Agent."""

    def __init__(self, values: dict[str, Any], take: Take) -> None:
        self.inputs = [str(values.get('path') or 'default')]
        self.error = ''
        self._values, self._take = values, take
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._repeat, name='logs-journald', daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()
        if self._process:
            self._process.terminate()

    def _repeat(self) -> None:
        since = time.time()
        while not self._stopped.is_set():
            try:
                self._follow(since)
            except Exception:
                log.exception('could not follow the journal')
            since = time.time()
            self._stopped.wait(_RETRY_SECONDS)

    def _follow(self, since: float) -> None:
        command = ['journalctl', '--output=json', '--follow', '--all', f'--since=@{since:.0f}', '--lines=all']
        if self._values.get('path'):
            command.append(f'--directory={self._values["path"]}')
        process = subprocess.Popen(
            [*command, *matches(self._values)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
        )
        self._process = process
        assert process.stdout
        assert process.stderr
        for line in process.stdout:
            entry = json.loads(line)
            if not excluded(self._values, entry) and int(entry.get('__REALTIME_TIMESTAMP', 0)) >= since * 1_000_000:
                self._take([message_of(entry)])
        log.warning('journalctl ended: %s', process.stderr.read().decode('utf-8', 'replace').strip())
        process.wait()


def matches(values: dict[str, Any]) -> list[str]:
    """Arguments of journalctl; any of them suffices, as in the real Agent."""
    wanted = [
        *(f'_SYSTEMD_UNIT={unit}' for unit in values.get('include_units') or []),
        *(f'_SYSTEMD_USER_UNIT={unit}' for unit in values.get('include_user_units') or []),
        *(str(one) for one in values.get('include_matches') or []),
    ]
    return [word for one in wanted for word in ('+', one)][1:]


def excluded(values: dict[str, Any], entry: dict[str, Any]) -> bool:
    unwanted = {
        *(('_SYSTEMD_UNIT', str(unit)) for unit in values.get('exclude_units') or []),
        *(tuple(str(one).split('=', 1)) for one in values.get('exclude_matches') or []),
    }
    return any(entry.get(name) == value for name, value in unwanted)


def message_of(entry: dict[str, Any]) -> bytes:
    """As the real Agent sends an entry: its text, and the other fields beside it."""
    fields = dict(entry)
    text = fields.pop('MESSAGE', '')
    if isinstance(text, list):
        text = bytes(text).decode('utf-8', 'replace')
    return json.dumps({'journald': fields, 'message': text}, ensure_ascii=False).encode()


def source_of(values: dict[str, Any], take: Take) -> Listener | Journal | None:
    """None for a file. Raises ValueError for what the real Agent refuses."""
    kind = values.get('type')
    if kind == 'file':
        return None
    if kind == 'journald':
        return Journal(values, take)
    if kind not in ('tcp', 'udp'):
        raise ValueError(f'unsupported log type {kind!r}')
    port = values.get('port')
    if not isinstance(port, int) or not 0 < port < 65536:
        raise ValueError(f'{kind} source must have a port')
    return Listener(kind, port, take)

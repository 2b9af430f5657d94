"""The daemon's side: only GET, only on 127.0.0.1, with a bearer token in every request."""

import hmac
import json
import logging
import ssl
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from lab_agent.paths import Paths

log = logging.getLogger('lab_agent.ipc')

Route = Callable[[], Any]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    routes: Mapping[str, Route]
    token: str

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignores clients that disconnected or didn't speak TLS."""
        log.debug('connection from %s failed', client_address, exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 10

    def do_GET(self) -> None:
        given = self.headers.get('Authorization', '')
        if not hmac.compare_digest(given.encode(), f'Bearer {self.server.token}'.encode()):
            return self._answer(401, {'error': 'invalid session token'})
        route = self.server.routes.get(self.path)
        if route is None:
            return self._answer(404, {'error': f'no such path: {self.path}'})
        try:
            self._answer(200, route())
        except Exception as error:
            log.exception('could not answer %s', self.path)
            self._answer(500, {'error': str(error)})

    def _answer(self, code: int, value: Any) -> None:
        body = json.dumps(value).encode()
        self.send_response(code)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        log.debug(format, *args)


def serve(paths: Paths, port: int, token: str, routes: Mapping[str, Route]) -> ThreadingHTTPServer:
    """Starts serving in a thread; raises OSError if the port is taken."""
    server = _Server(('127.0.0.1', port), _Handler)
    server.routes = routes
    server.token = token
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(paths.ipc_cert)
    # The handshake happens in the request's own thread, so that a silent client doesn't block others.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, name='ipc', daemon=True).start()
    return server

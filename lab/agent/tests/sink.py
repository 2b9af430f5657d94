"""An intake on loopback that keeps what it receives; tests await arrivals instead of sleeping."""

import gzip
import json
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

KEY = '0123456789abcdef0123456789abcdef'
_PATIENCE = 90.0


class Request(NamedTuple):
    """One request; `body` is decompressed."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Sink:
    """`answer` returns the response status for a request."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answer: Callable[[Request], int] = lambda request: 200 if request.method == 'GET' else 202
        self.seen: list[Request] = []
        self.changed = threading.Condition()

    def of(self, path: str) -> list[Request]:
        return [one for one in self.seen if one.path == path]

    def first(self, path: str, count: int = 1) -> list[Request]:
        """The first COUNT requests to PATH; waits until they have arrived."""
        with self.changed:
            there = self.changed.wait_for(lambda: len(self.of(path)) >= count, _PATIENCE)
        assert there, f'{path} came {len(self.of(path))} times, seen: {[one.path for one in self.seen]}'
        return self.of(path)[:count]


def _decompressed(encoding: str, body: bytes) -> bytes:
    return {'gzip': gzip.decompress, 'deflate': zlib.decompress}.get(encoding, bytes)(body)


@contextmanager
def running() -> Iterator[Sink]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get('Content-Length', 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            encoding = headers.get('content-encoding', '')
            request = Request(self.command, self.path, headers, _decompressed(encoding, body))
            # Recorded before the response, so that whoever has seen the response finds the request.
            with sink.changed:
                sink.seen.append(request)
                sink.changed.notify_all()
            status = sink.answer(request)
            self.send_response(status)
            if status in (301, 302, 307, 308):
                self.send_header('Location', f'{sink.url}/elsewhere')
            self.send_header('Content-Length', '0')
            self.end_headers()

        do_GET = do_POST = _answer

        def log_message(self, *_args: Any) -> None:
            """Logs nothing."""

    server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    sink = Sink(f'http://127.0.0.1:{server.server_port}')
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield sink
    finally:
        server.shutdown()
        server.server_close()

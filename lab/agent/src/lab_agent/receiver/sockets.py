"""The loader's half: listens on port and socket, and sleeps until a client sends something."""

import contextlib
import select
import socket
from pathlib import Path
from typing import NamedTuple

_BACKLOG = 128
_DEFER_SECONDS = 3600


class Sockets(NamedTuple):
    """The listening sockets."""

    tcp: socket.socket
    unix: socket.socket


def listen(port: int, path: Path, host: str = '127.0.0.1') -> Sockets:
    """Binds HOST:PORT and the socket at PATH, which every user may connect to."""
    tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # A connection is accepted only once it has data, so a port scan doesn't wake the receiver.
    tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, _DEFER_SECONDS)
    tcp.bind((host, port))
    tcp.listen(_BACKLOG)
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    unix = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    unix.bind(str(path))
    path.chmod(0o722)
    unix.listen(_BACKLOG)
    return Sockets(tcp, unix)


def wait(sockets: Sockets) -> None:
    """Returns when a client has sent data; its connection stays queued for the receiver."""
    poll = select.poll()
    poll.register(sockets.tcp, select.POLLIN)
    poll.register(sockets.unix, select.POLLIN)
    poll.poll()

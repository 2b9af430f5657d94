"""The commands' side.

Speaks HTTP/1.0 directly, since http.client would be a third of what `status` imports.
"""

import json
import socket
import ssl
from typing import Any

from lab_agent.ipc.auth import read_token
from lab_agent.paths import Paths


class NotRunning(Exception):
    """No Agent answers on the command port."""


def _exchange(paths: Paths, port: int, request: bytes, timeout: float) -> bytes:
    """Sends REQUEST and reads until the server closes."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(paths.ipc_cert)
    with (
        socket.create_connection(('127.0.0.1', port), timeout) as plain,
        context.wrap_socket(plain, server_hostname='127.0.0.1') as connection,
    ):
        connection.sendall(request)
        parts = []
        while part := connection.recv(1 << 16):
            parts.append(part)
    return b''.join(parts)


def get(paths: Paths, port: int, path: str, timeout: float = 15) -> Any:
    """One GET; raises AuthError without a token, and NotRunning if there is no answer."""
    token = read_token(paths)
    request = f'GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n'.encode()
    try:
        head, _, body = _exchange(paths, port, request, timeout).partition(b'\r\n\r\n')
        status = int(head.split(maxsplit=2)[1])
        value = json.loads(body)
    except (OSError, ValueError, IndexError) as error:
        raise NotRunning(
            f'Could not reach agent: {error}\nMake sure the agent is running before requesting its status and '
            'contact support if you continue having issues.'
        ) from error
    if status != 200:
        raise NotRunning(f'the Agent answered {status}: {value.get("error", "")}')
    return value

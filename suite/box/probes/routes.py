"""Requests each route of the app from inside the machine, with a user agent as marker. Reports the log's end before."""

import os
import socket


def get(connection: socket.socket, path: str, agent: str) -> tuple[int, bytes]:
    """One HTTP/1.0 request: status and body. Importing http.client takes seconds on an emulated processor."""
    with connection:
        connection.sendall(f'GET {path} HTTP/1.0\r\nHost: localhost\r\nUser-Agent: {agent}\r\nConnection: close\r\n\r\n'.encode())
        answer = b''
        while chunk := connection.recv(65536):
            answer += chunk
    head, _, body = answer.partition(b'\r\n\r\n')
    return int(head.split()[1]), body


def ask(path: str) -> dict[str, object]:
    try:
        connection = socket.create_connection(('127.0.0.1', INPUT['port']), timeout=60)  # noqa: F821
        status, body = get(connection, path, INPUT['marker'])  # noqa: F821
        return {'path': path, 'status': status, 'body': body[:10_000].decode('utf-8', 'replace'), 'error': ''}
    except (OSError, ValueError, IndexError) as error:
        return {'path': path, 'status': 0, 'body': '', 'error': str(error) or type(error).__name__}


def position(path: str) -> dict[str, int]:
    try:
        found = os.stat(path)
        return {'inode': found.st_ino, 'size': found.st_size}
    except OSError:
        return {'inode': 0, 'size': 0}


log = position(INPUT['log'])  # noqa: F821
print(json.dumps({'log': log, 'answers': [ask(path) for path in INPUT['paths']]}))  # noqa: F821

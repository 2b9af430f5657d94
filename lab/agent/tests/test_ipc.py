"""Token, certificate and the command server."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab_agent.ipc import auth, client, server
from lab_agent.paths import Paths


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    found = Paths(tmp_path)
    found.etc.mkdir(parents=True)
    return found


@pytest.fixture
def port(paths: Paths) -> Iterator[int]:
    auth.ensure(paths)

    def broken() -> None:
        raise RuntimeError('as asked')

    routes = {'/fine': lambda: {'a': 1}, '/broken': broken}
    running = server.serve(paths, 0, auth.read_token(paths), routes)
    yield running.server_address[1]
    running.shutdown()
    running.server_close()


def test_token_and_certificate_are_made_once_and_for_the_agent_alone(paths: Paths) -> None:
    auth.ensure(paths)
    before = [path.read_bytes() for path in (paths.auth_token, paths.ipc_cert)]
    assert [path.stat().st_mode & 0o777 for path in (paths.auth_token, paths.ipc_cert)] == [0o600, 0o600]
    auth.ensure(paths)
    assert [path.read_bytes() for path in (paths.auth_token, paths.ipc_cert)] == before
    assert len(before[0]) == 64


def test_two_instances_share_neither(tmp_path: Path) -> None:
    seen = set()
    for name in ('a', 'b'):
        one = Paths(tmp_path / name)
        one.etc.mkdir(parents=True)
        auth.ensure(one)
        seen |= {one.auth_token.read_bytes(), one.ipc_cert.read_bytes()}
    assert len(seen) == 4


@pytest.mark.parametrize('name', ['auth_token', 'ipc_cert.pem'])
def test_a_missing_file_is_told_with_what_to_do(paths: Paths, name: str) -> None:
    auth.ensure(paths)
    (paths.etc / name).unlink()
    with pytest.raises(auth.AuthError, match=f'unable to fetch auth token .please check .*{name}'):
        auth.read_token(paths)


def test_the_right_token_gets_an_answer(paths: Paths, port: int) -> None:
    assert client.get(paths, port, '/fine') == {'a': 1}


def test_another_token_is_refused(paths: Paths, port: int) -> None:
    paths.auth_token.write_text('0' * 64)
    with pytest.raises(client.NotRunning, match='401'):
        client.get(paths, port, '/fine')


@pytest.mark.parametrize(('path', 'told'), [('/absent', '404'), ('/broken', '500: as asked')])
def test_an_error_is_told_by_its_status(paths: Paths, port: int, path: str, told: str) -> None:
    with pytest.raises(client.NotRunning, match=told):
        client.get(paths, port, path)


def test_a_server_with_another_certificate_is_not_trusted(paths: Paths, port: int) -> None:
    paths.ipc_cert.unlink()
    auth.ensure(paths)
    with pytest.raises(client.NotRunning, match='certificate verify failed'):
        client.get(paths, port, '/fine')


def test_a_client_that_says_nothing_holds_up_no_other(paths: Paths, port: int) -> None:
    with socket.create_connection(('127.0.0.1', port)):
        assert client.get(paths, port, '/fine') == {'a': 1}


def test_plain_text_gets_nothing(port: int) -> None:
    with socket.create_connection(('127.0.0.1', port)) as plain:
        plain.sendall(b'GET /fine HTTP/1.0\r\n\r\n')
        plain.settimeout(5)
        try:
            answer = plain.recv(1024)
        except (OSError, ssl.SSLError):
            answer = b''
    assert b'200' not in answer


def test_nobody_there_is_told(paths: Paths) -> None:
    auth.ensure(paths)
    with pytest.raises(client.NotRunning, match='Could not reach agent'):
        client.get(paths, 1, '/fine')

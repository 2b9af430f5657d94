"""The loader's sockets and the receiver's counters."""

import socket
import threading
from pathlib import Path

from lab_agent.receiver.figures import WINDOW_SECONDS, Figures, client_of
from lab_agent.receiver.sockets import listen, wait

PYTHON = ('python', '3.13.5', 'CPython', '4.16.0')


def free_port() -> int:
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        return int(one.getsockname()[1])


def waiter(port: int, path: Path) -> threading.Thread:
    thread = threading.Thread(target=wait, args=(listen(port, path),), daemon=True)
    thread.start()
    return thread


def test_an_open_connection_wakes_nobody_and_its_first_bytes_do(tmp_path: Path) -> None:
    port = free_port()
    thread = waiter(port, tmp_path / 'apm.socket')
    with socket.create_connection(('127.0.0.1', port)) as client:
        thread.join(0.3)
        assert thread.is_alive()
        client.sendall(b'GET /info HTTP/1.1\r\n')
        thread.join(5)
        assert not thread.is_alive()


def test_the_socket_is_open_to_every_user_and_wakes_too(tmp_path: Path) -> None:
    path = tmp_path / 'deep' / 'apm.socket'
    thread = waiter(free_port(), path)
    assert path.stat().st_mode & 0o777 == 0o722
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))
        thread.join(5)
    assert not thread.is_alive()


def test_a_stale_socket_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / 'apm.socket'
    listen(free_port(), path).unix.close()
    listen(free_port(), path)


def test_figures_are_summed_per_client_and_forgotten_after_the_window() -> None:
    now = [0.0]
    figures = Figures(clock=lambda: now[0])
    figures.add(PYTHON, 1, 3, 100)
    now[0] = WINDOW_SECONDS - 1
    figures.add(PYTHON, 2, 4, 50)
    figures.add(('go', '', '', ''), 1, 1, 10)
    python, go = figures.receiver()
    assert (python['Lang'], python['TracerVersion']) == ('python', '4.16.0')
    assert (python['TracesReceived'], python['SpansReceived'], python['TracesBytes']) == (3, 7, 150)
    assert go['TracesReceived'] == 1
    now[0] = WINDOW_SECONDS + 1
    assert figures.receiver()[0]['TracesReceived'] == 2


def test_figures_are_told_apart_by_service() -> None:
    figures = Figures()
    figures.add(PYTHON, 3, 3, 10, 'trial-app', 'v0.5')
    figures.add(PYTHON, 1, 1, 10, 'foreign', 'v0.4')
    told = [(one['Service'], one['EndpointVersion'], one['TracesReceived']) for one in figures.receiver()]
    assert told == [('trial-app', 'v0.5', 3), ('foreign', 'v0.4', 1)]


def test_totals_outlast_the_window() -> None:
    now = [0.0]
    figures = Figures(clock=lambda: now[0])
    figures.add(PYTHON, 3, 9, 10, 'trial-app', 'v0.5')
    now[0] = 2 * WINDOW_SECONDS
    figures.add(PYTHON, 2, 6, 10, 'trial-app', 'v0.5')
    figures.add(PYTHON, 1, 1, 10, 'foreign', 'v0.4')
    assert figures.totals() == {
        'trial-app': {'TracesReceived': 5, 'PayloadAccepted': 2},
        'foreign': {'TracesReceived': 1, 'PayloadAccepted': 1},
    }


def test_figures_that_nobody_asks_for_are_forgotten_too() -> None:
    now = [0.0]
    figures = Figures(clock=lambda: now[0])
    for _ in range(3):
        figures.add(PYTHON, 1, 1, 1)
        now[0] += WINDOW_SECONDS + 1
    assert len(figures._payloads) == 1


def test_a_client_is_what_its_headers_say() -> None:
    headers = {
        'Datadog-Meta-Lang': 'python',
        'Datadog-Meta-Lang-Version': '3.13.5',
        'Datadog-Meta-Lang-Interpreter': 'CPython',
        'Datadog-Meta-Tracer-Version': '4.16.0',
    }
    assert client_of(headers) == PYTHON

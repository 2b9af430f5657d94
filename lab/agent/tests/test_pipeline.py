"""Sending with bounded queues and a bounded number of attempts."""

import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest

from lab_agent.sending.address import Address, loopback
from lab_agent.sending.key import Key
from lab_agent.sending.payload import Payload
from lab_agent.sending.pipeline import Pipeline, doubling
from sink import KEY, Request, Sink


def make(items: list[Any]) -> list[Payload]:
    return [Payload(str(one), f'/{one}', {}, b'{}', {'Items': 1}) for one in items]


def pipeline(url: str, key: Key | None = None, **options: Any) -> Pipeline:
    address = loopback(url)
    assert address
    options = {'gather': 0.0, 'pause': lambda _: 0.0, **options}
    return Pipeline('test', address, key or Key(KEY), options.pop('make', make), **options)


def end(one: Pipeline) -> dict[str, dict[str, int]]:
    one.close(30)
    one.join()
    return one.figures()


def failing(times: int, status: int) -> Callable[[Request], int]:
    left = [times]

    def answer(_request: Request) -> int:
        left[0] -= 1
        return status if left[0] >= 0 else 202

    return answer


def test_what_was_added_arrives_with_the_key_and_is_counted(sink: Sink) -> None:
    one = pipeline(sink.url)
    one.start()
    one.add('a')
    (request,) = sink.first('/a')
    assert request.headers['dd-api-key'] == KEY
    figures = end(one)
    assert figures['Success'] == {'total': 1, 'a': 1}
    assert figures['Holds'] == {'Items': 1}


def test_the_address_may_have_a_path(sink: Sink) -> None:
    one = pipeline(f'{sink.url}/base/')
    one.start()
    one.add('a')
    sink.first('/base/a')
    end(one)


@pytest.mark.parametrize('status', [408, 429, 500, 503])
def test_an_overloaded_intake_is_asked_again_until_it_takes_the_payload(sink: Sink, status: int) -> None:
    sink.answer = failing(2, status)
    pauses: list[int] = []
    one = pipeline(sink.url, pause=lambda attempt: float(pauses.append(attempt) or 0))
    one.start()
    one.add('a')
    sink.first('/a', 3)
    figures = end(one)
    assert pauses == [1, 2]
    assert figures['HTTPErrors'] == {'total': 2, str(status): 2}
    assert figures['Requeued'] == figures['Retried'] == {'total': 2, 'a': 2}
    assert figures['Success']['a'] == 1
    assert 'Dropped' not in figures


def test_attempts_are_bounded(sink: Sink) -> None:
    sink.answer = lambda _: 500
    one = pipeline(sink.url, attempts=3)
    one.start()
    one.add('a')
    sink.first('/a', 3)
    assert end(one)['Dropped'] == {'total': 1, 'a': 1}
    assert len(sink.seen) == 3


def test_attempts_may_be_without_bound(sink: Sink) -> None:
    sink.answer = failing(50, 500)
    one = pipeline(sink.url, attempts=None)
    one.start()
    one.add('a')
    sink.first('/a', 51)
    assert end(one)['Success']['a'] == 1


def test_what_is_tried_without_bound_is_dropped_at_the_end_without_waiting_for_its_turn(sink: Sink) -> None:
    sink.answer = lambda _: 500
    one = pipeline(sink.url, attempts=None, pause=lambda _: 3600.0)
    one.start()
    one.add('a')
    sink.first('/a')
    assert end(one)['Dropped'] == {'total': 1, 'a': 1}


def test_where_nothing_may_be_given_up_items_wait_for_payloads_and_say_when_there_are_enough(sink: Sink) -> None:
    stopped, paused = threading.Event(), threading.Event()
    sink.answer = lambda _: 202 if stopped.is_set() else 500

    def pause(_attempt: int) -> float:
        paused.set()
        return 3600.0

    one = pipeline(sink.url, attempts=None, room=2, payloads=0, pause=pause)
    one.start()
    one.add('a')
    assert paused.wait(30)
    one.add('b')
    assert not one.full
    one.add('c')
    assert one.full
    one.add('d')
    # Meanwhile it sleeps.
    assert one._pending() > 1800
    assert 'Dropped' not in one.figures()
    stopped.set()
    assert end(one)['Success'] == {'total': 4, 'a': 1, 'b': 1, 'c': 1, 'd': 1}


def test_which_answers_are_hopeless_can_be_said(sink: Sink) -> None:
    sink.answer = failing(1, 404)
    one = pipeline(sink.url, hopeless=frozenset({401}))
    one.start()
    one.add('a')
    sink.first('/a', 2)
    assert end(one)['Success']['a'] == 1
    sink.answer = lambda _: 401
    two = pipeline(sink.url, hopeless=frozenset({401}))
    two.start()
    two.add('b')
    sink.first('/b')
    assert end(two)['Dropped']['b'] == 1
    assert len(sink.of('/b')) == 1


def test_room_may_be_a_number_of_bytes(sink: Sink) -> None:
    one = pipeline(sink.url, room=5, size=len)
    one.add('aaa', 'b')
    assert not one.full
    one.add('ccc')
    one.start()
    sink.first('/ccc')
    assert end(one)['Dropped'] == {'total': 1}
    assert [request.path for request in sink.seen] == ['/b', '/ccc']


def test_bytes_of_payloads_that_wait_are_bounded(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('lab_agent.sending.pipeline._WAITING_BYTES', 3)
    one = pipeline(sink.url)
    one.add('a', 'b')
    one.start()
    sink.first('/b')
    assert end(one)['Dropped'] == {'total': 1, 'a': 1}


@pytest.mark.parametrize('status', [400, 404, 413, 302])
def test_what_will_never_be_taken_is_dropped_at_once(sink: Sink, status: int) -> None:
    sink.answer = lambda _: status
    one = pipeline(sink.url)
    one.start()
    one.add('a')
    sink.first('/a')
    assert end(one)['Dropped'] == {'total': 1, 'a': 1}
    assert [request.path for request in sink.seen] == ['/a']


def test_a_403_marks_the_key_invalid_and_a_payload_that_is_taken_clears_it(sink: Sink) -> None:
    sink.answer = failing(1, 403)
    key = Key(KEY)
    one = pipeline(sink.url, key)
    one.start()
    one.add('a')
    sink.first('/a')
    end(one)
    assert key.valid is False
    two = pipeline(sink.url, key)
    two.start()
    two.add('b')
    sink.first('/b')
    end(two)
    assert key.valid is True


def test_one_payload_that_fails_holds_up_no_other(sink: Sink) -> None:
    sink.answer = lambda request: 500 if request.path == '/a' else 202
    one = pipeline(sink.url, pause=lambda _: 3600.0)
    one.start()
    one.add('a')
    sink.first('/a')
    one.add('b')
    sink.first('/b')
    assert end(one)['Success'] == {'total': 1, 'b': 1}


def test_a_lost_connection_is_tried_again() -> None:
    with socket.socket() as listener:
        listener.bind(('127.0.0.1', 0))
        listener.listen()
        one = pipeline(f'http://127.0.0.1:{listener.getsockname()[1]}')
        one.start()
        one.add('a')
        listener.accept()[0].close()
        connection = listener.accept()[0]
        assert connection.recv(1 << 16).startswith(b'POST /a')
        connection.sendall(b'HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n')
        figures = end(one)
        connection.close()
    assert figures['Errors'] == {'total': 1, 'a': 1}
    assert figures['Success'] == {'total': 1, 'a': 1}


def test_nobody_listening_ends_in_a_count_and_not_in_an_error() -> None:
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        one = pipeline(f'http://localhost:{free.getsockname()[1]}', pause=lambda _: 3600.0)
        one.start()
        one.add('a')
        figures = end(one)
    assert figures['Dropped'] == {'total': 1, 'a': 1}
    assert figures['Errors']['a'] >= 1


def test_an_item_that_finds_no_room_pushes_the_oldest_out(sink: Sink) -> None:
    one = pipeline(sink.url, room=2)
    one.add('a', 'b')
    assert one.full
    one.add('c')
    one.start()
    sink.first('/c')
    assert end(one)['Dropped'] == {'total': 1}
    assert [request.path for request in sink.seen] == ['/b', '/c']


def test_payloads_that_wait_are_bounded_too(sink: Sink) -> None:
    one = pipeline(sink.url, payloads=1)
    one.add('a', 'b')
    one.start()
    sink.first('/b')
    assert end(one)['Dropped'] == {'total': 1, 'a': 1}


def test_an_item_that_cannot_be_encoded_ends_nothing(sink: Sink) -> None:
    def fragile(items: list[Any]) -> list[Payload]:
        if 'bad' in items:
            failed.set()
            raise ValueError('bad')
        return make(items)

    failed = threading.Event()
    one = pipeline(sink.url, make=fragile)
    one.start()
    one.add('bad')
    assert failed.wait(30)
    one.add('good')
    sink.first('/good')
    assert end(one)['Dropped'] == {'total': 1}


def test_at_the_end_what_waits_is_still_sent(sink: Sink) -> None:
    one = pipeline(sink.url, gather=3600.0)
    one.start()
    one.add('a')
    end(one)
    assert [request.path for request in sink.seen] == ['/a']


def test_the_end_does_not_wait_for_an_intake_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('lab_agent.sending.pipeline._TIMEOUT_SECONDS', 3600.0)
    with socket.socket() as listener:
        listener.bind(('127.0.0.1', 0))
        listener.listen()
        one = pipeline(f'http://127.0.0.1:{listener.getsockname()[1]}')
        one.start()
        one.add('a')
        connection = listener.accept()[0]
        one.close(0.05)
        one.join()
        assert 'Errors' not in one.figures()
        connection.close()


def test_without_items_it_is_asked_at_once_where_it_wants_to_be(sink: Sink) -> None:
    one = pipeline(sink.url, idle=3600.0, make=lambda items: make(items or ['nothing']))
    one.start()
    sink.first('/nothing')
    one.flush()
    sink.first('/nothing', 2)
    end(one)


def test_pauses_grow_to_half_a_minute() -> None:
    assert [doubling(attempt) for attempt in (1, 2, 3, 6, 60)] == [1, 2, 4, 30, 30]


def test_localhost_is_also_reached_on_the_second_address(sink: Sink) -> None:
    # Nothing listens on the first port.
    port = int(sink.url.rpartition(':')[2])
    one = Pipeline('test', Address(('127.0.0.2', '127.0.0.1'), port, ''), Key(KEY), make, gather=0.0)
    one.start()
    one.add('a')
    sink.first('/a')
    assert end(one)['Success']['a'] == 1


@pytest.mark.parametrize('value', ['', 'a', KEY.upper(), KEY + '0', KEY + '\n'])
def test_a_key_of_the_wrong_shape_is_invalid_from_the_start(value: str) -> None:
    assert not Key(value).usable
    assert Key(value).valid is False

"""What leaves the core Agent: nothing, unless a sink on loopback was named."""

import json
import socket
import threading
import zlib
from pathlib import Path
from typing import Any

import pytest

from lab_agent.forwarder import Forwarder
from lab_agent.sending.metadata import metadata_payload
from lab_agent.settings import Settings
from schema import decode
from sink import KEY, Request, Sink

NAMES = {'Success', 'Dropped', 'Errors', 'HTTPErrors', 'Retried', 'Requeued'}
SERIES = {
    'metric': 'my_metric',
    'points': [[1_700_000_000, 800.5]],
    'tags': ['x:1'],
    'host': 'box',
    'type': 'gauge',
    'interval': 0,
    'source_type_name': 'System',
}
CHECK = {
    'check': 'mysql.can_connect',
    'host_name': 'box',
    'timestamp': 1_700_000_000,
    'status': 0,
    'message': '',
    'tags': ['port:3306'],
}


def sent(*metrics: dict[str, Any], checks: tuple[dict[str, Any], ...] = ()) -> dict[str, list[dict[str, Any]]]:
    return {'metrics': [*metrics], 'service_checks': [*checks], 'events': []}


def forwarder_of(url: str, **settings: Any) -> Forwarder:
    return Forwarder(Settings(dd_url=url, **{'api_key': KEY, **settings}), 'box', gather=0.0, pause=lambda _: 0.0)


def status_of(forwarder: Forwarder) -> str:
    found = forwarder.as_json()
    (word,) = [*found['APIKeyStatus'].values(), *found['APIKeyFailure'].values()]
    return str(word)


def transactions(forwarder: Forwarder) -> Any:
    return forwarder.as_json()['Transactions']


def finish(forwarder: Forwarder) -> None:
    forwarder.stop()
    forwarder.join()


def test_without_a_key_it_is_unhealthy_and_sends_nothing(sink: Sink) -> None:
    forwarder = forwarder_of(sink.url, api_key='')
    forwarder.start()
    forwarder.deliver(sent(SERIES))
    finish(forwarder)
    assert sink.seen == []
    assert not forwarder.healthy
    assert (forwarder.as_json()['APIKeyStatus'], forwarder.as_json()['APIKeyFailure']) == ({}, {})
    assert transactions(forwarder)['Dropped'] == 1
    assert set(transactions(forwarder)) == NAMES


@pytest.mark.parametrize('key', ['a', KEY.upper(), KEY + '0'])
def test_a_key_of_the_wrong_shape_is_invalid(key: str) -> None:
    assert not Forwarder(Settings(api_key=key), 'box').healthy


def test_an_address_that_is_not_loopback_is_never_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError('a connection was tried')

    monkeypatch.setattr(socket.socket, 'connect', refuse)
    forwarder = forwarder_of('http://203.0.113.1:1')
    forwarder.start()
    forwarder.deliver(sent(SERIES))
    finish(forwarder)
    assert transactions(forwarder)['Dropped'] == 1
    assert set(transactions(forwarder)) == NAMES
    assert forwarder.healthy
    assert status_of(forwarder) == 'Unable to reach the API Key validation endpoint'


def test_series_go_out_as_protobuf_without_the_host_tags(sink: Sink) -> None:
    forwarder = forwarder_of(sink.url, tags=['env:trial'])
    forwarder.start()
    forwarder.deliver(sent(SERIES, {**SERIES, 'type': 'count', 'points': [[1_700_000_001, 0]], 'tags': []}))
    (request,) = sink.first('/api/v2/series')
    finish(forwarder)
    assert request.method == 'POST'
    assert request.headers['dd-api-key'] == KEY
    assert request.headers['content-type'] == 'application/x-protobuf'
    assert request.headers['content-encoding'] == 'deflate'
    first, second = decode('MetricPayload', request.body).series
    assert (first.metric, list(first.tags), first.type, first.source_type_name) == ('my_metric', ['x:1'], 3, 'System')
    assert [(one.type, one.name) for one in first.resources] == [('host', 'box')]
    assert [(point.timestamp, point.value) for point in first.points] == [(1_700_000_000, 800.5)]
    assert (second.type, second.points[0].value, second.points[0].timestamp) == (1, 0, 1_700_000_001)


def test_series_go_out_as_json_where_version_2_is_off(sink: Sink) -> None:
    forwarder = forwarder_of(sink.url, use_v2_series=False)
    forwarder.start()
    forwarder.deliver(sent(SERIES))
    (request,) = sink.first('/api/v1/series')
    finish(forwarder)
    assert request.headers['content-type'] == 'application/json'
    assert request.json == {'series': [SERIES]}
    assert sink.of('/api/v2/series') == []
    assert transactions(forwarder)['SuccessByEndpoint']['series_v1'] == 1


@pytest.mark.parametrize('value', [float('nan'), float('inf')])
def test_a_value_that_is_no_number_is_left_out(sink: Sink, value: float) -> None:
    forwarder = forwarder_of(sink.url)
    forwarder.start()
    forwarder.deliver(sent({**SERIES, 'points': [[1, value]]}, SERIES))
    (request,) = sink.first('/api/v2/series')
    finish(forwarder)
    assert [one.points[0].value for one in decode('MetricPayload', request.body).series] == [800.5]


def test_many_series_are_split(sink: Sink) -> None:
    forwarder = forwarder_of(sink.url)
    forwarder.start()
    forwarder.deliver(sent(*[SERIES] * 2001))
    requests = sink.first('/api/v2/series', 2)
    finish(forwarder)
    assert [len(decode('MetricPayload', one.body).series) for one in requests] == [2000, 1]


def test_service_checks_go_out_with_the_sign_of_life(sink: Sink) -> None:
    forwarder = forwarder_of(sink.url)
    forwarder.deliver(sent(checks=(CHECK,)))
    forwarder.start()
    (request,) = sink.first('/api/v1/check_run')
    finish(forwarder)
    assert request.headers['content-encoding'] == 'deflate'
    own, alive = request.json
    assert own == CHECK
    assert (alive['check'], alive['status'], alive['host_name']) == ('datadog.agent.up', 0, 'box')
    assert alive['tags'] == []


def test_the_host_tells_of_itself_at_the_start_and_without_the_key(sink: Sink) -> None:
    forwarder = forwarder_of(sink.url, tags=['role:database'], env='trial')
    forwarder.start()
    (request,) = sink.first('/intake/')
    sink.first('/api/v1/check_run')
    finish(forwarder)
    assert request.headers['content-encoding'] == 'deflate'
    body = request.json
    assert body['internalHostname'] == body['meta']['hostname'] == 'box'
    assert body['host-tags'] == {'system': ['role:database', 'env:trial']}
    assert body['os'] == 'linux'
    assert KEY.encode() not in request.body
    assert len(sink.of('/intake/')) == 1


def endpoints(forwarder: Forwarder) -> list[str]:
    return [one.endpoint for one in forwarder._payloads([])]


def test_the_host_tells_of_itself_again_only_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    forwarder = forwarder_of('http://127.0.0.1:1')
    assert endpoints(forwarder) == ['intake', 'check_run_v1']
    assert endpoints(forwarder) == ['check_run_v1']
    monkeypatch.setattr('lab_agent.forwarder._METADATA_SECONDS', 0.0)
    assert endpoints(forwarder) == ['intake', 'check_run_v1']


def test_the_machine_id_is_told_in_the_form_of_a_uuid(tmp_path: Path) -> None:
    path = tmp_path / 'machine-id'

    def told() -> str:
        body = json.loads(zlib.decompress(metadata_payload('box', [], path).body))
        return str(body['uuid'])

    assert told() == ''
    path.write_text('uninitialized\n')
    assert told() == ''
    path.write_text('0123456789abcdef0123456789abcdef\n')
    assert told() == '01234567-89ab-cdef-0123-456789abcdef'


def test_transactions_are_counted_by_endpoint(sink: Sink) -> None:
    forwarder = forwarder_of(sink.url)
    forwarder.deliver(sent(SERIES, checks=(CHECK,)))
    forwarder.start()
    for path in ('/api/v2/series', '/api/v1/check_run', '/intake/'):
        sink.first(path)
    finish(forwarder)
    found = transactions(forwarder)
    assert found['Success'] == 3
    assert found['SuccessByEndpoint'] == {'series_v2': 1, 'check_run_v1': 1, 'intake': 1}
    assert (found['Errors'], found['Dropped'], found['HTTPErrors']) == (0, 0, 0)


def test_what_is_refused_is_dropped_and_counted(sink: Sink) -> None:
    sink.answer = lambda request: 413 if request.path == '/api/v2/series' else 200
    forwarder = forwarder_of(sink.url)
    forwarder.deliver(sent(SERIES))
    forwarder.start()
    sink.first('/api/v2/series')
    finish(forwarder)
    found = transactions(forwarder)
    assert found['DroppedByEndpoint'] == {'series_v2': 1}
    assert found['HTTPErrorsByCode'] == {'413': 1}
    assert len(sink.of('/api/v2/series')) == 1


def until(sink: Sink, forwarder: Forwarder, word: str) -> None:
    """Waits until the response to a validation has been processed."""
    with sink.changed:
        assert sink.changed.wait_for(lambda: sink.of('/api/v1/validate'), 30)
    finish(forwarder)
    assert forwarder._validation
    forwarder._validation.join()
    assert status_of(forwarder) == word


def test_it_is_unhealthy_while_the_intake_refuses_the_key(sink: Sink) -> None:
    sink.answer = lambda _: 403
    forwarder = forwarder_of(sink.url)
    forwarder.start()
    until(sink, forwarder, 'API Key invalid')
    assert not forwarder.healthy
    forwarder.deliver(sent(SERIES))
    assert transactions(forwarder)['Dropped'] >= 1


def test_a_key_stands_in_one_list_and_without_one_both_are_empty() -> None:
    empty = forwarder_of('', api_key='')
    assert (empty.as_json()['APIKeyStatus'], empty.as_json()['APIKeyFailure'], empty.endpoints()) == ({}, {}, {})
    # No request was made.
    unreached = forwarder_of('')
    words = {'API key ending with cdef': 'Unable to reach the API Key validation endpoint'}
    assert (unreached.as_json()['APIKeyStatus'], unreached.as_json()['APIKeyFailure']) == (words, {})
    assert unreached.endpoints() == {'https://app.datadoghq.com': ['cdef']}
    refused = forwarder_of('', api_key='no key')
    assert refused.as_json()['APIKeyStatus'] == {}
    assert [*refused.as_json()['APIKeyFailure'].values()] == ['API Key invalid']


def test_a_valid_key_is_shown_by_its_last_four_characters(sink: Sink) -> None:
    forwarder = forwarder_of(sink.url)
    forwarder.start()
    until(sink, forwarder, 'API Key valid')
    assert forwarder.healthy
    assert list(forwarder.as_json()['APIKeyStatus']) == ['API key ending with cdef']


def test_a_host_that_was_refused_tells_of_itself_once_the_key_is_valid(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('lab_agent.forwarder._VALIDATE_SECONDS', 0.01)
    taken = threading.Event()

    def answer(request: Request) -> int:
        """Refuses only the first metadata request; what follows it shows that the key is valid again."""
        if request.path == '/intake/':
            if len(sink.of('/intake/')) == 1:
                return 403
            taken.set()
        return 200

    sink.answer = answer
    forwarder = forwarder_of(sink.url)
    forwarder.start()
    assert taken.wait(30)
    finish(forwarder)
    assert transactions(forwarder)['SuccessByEndpoint']['intake'] == 1
    assert transactions(forwarder)['DroppedByEndpoint']['intake'] == 1

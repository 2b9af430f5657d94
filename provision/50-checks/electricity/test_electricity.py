"""electricity against datadog-checks-base's stubs and a source on loopback."""

import json
import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from electricity import LARGEST_ANSWER, ElectricityCheck, SourceError, parse

FIGURES = {'nuclear': 41250, 'hydro': 7420.5, 'wind': 9310, 'solar': 0, 'gas': 2875, 'pumped_storage': -310}
RECORDED = (Path(__file__).parent / 'testdata' / 'production.xml').read_bytes()


@contextmanager
def source(body=RECORDED, status=200, pause=0.0, promise=None, location=None):
    """An HTTP source on loopback; yields its address. `pause` follows each byte, `promise` overstates the length."""
    size = 1 if pause else 4096
    parts = [body[start : start + size] for start in range(0, len(body), size)]

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            if location:
                self.send_header('Location', location)
            self.send_header('Content-Length', str(promise or len(body)))
            self.end_headers()
            try:
                for part in parts:
                    self.wfile.write(part)
                    time.sleep(pause)
            except OSError:
                pass

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(('127.0.0.1', 0), Answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={'poll_interval': 0.01})
    thread.start()
    try:
        yield f'http://127.0.0.1:{server.server_address[1]}/production'
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def closed_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def run(instance):
    """Run one instance once; returns its error message, or '' on success."""
    error = ElectricityCheck('electricity', {}, [instance]).run()
    return json.loads(error)[0]['message'] if error else ''


def failure(aggregator):
    """The message of the single CRITICAL service check; no metric may be sent with it."""
    assert aggregator.metrics('electricity.production') == []
    (check,) = aggregator.service_checks('electricity.can_connect')
    assert check.status == ElectricityCheck.CRITICAL
    return check.message


def test_sends_a_gauge_for_each_type(aggregator):
    with source() as url:
        assert run({'url': url, 'tags': ['check:electricity']}) == ''
    for kind, value in FIGURES.items():
        aggregator.assert_metric(
            'electricity.production',
            value,
            tags=['check:electricity', f'type:{kind}'],
            count=1,
            metric_type=aggregator.GAUGE,
        )
    aggregator.assert_all_metrics_covered()


def test_reports_ok_with_the_source_as_a_tag(aggregator):
    with source() as url:
        run({'url': f'{url}?token=hidden', 'tags': ['team:lab']})
    tags = ['team:lab', f'source:{url}']
    aggregator.assert_service_check('electricity.can_connect', ElectricityCheck.OK, tags=tags, count=1)


def test_a_source_that_refuses_connections_is_critical_and_no_error_of_the_check(aggregator):
    assert run({'url': f'http://127.0.0.1:{closed_port()}/p'}) == ''
    assert failure(aggregator).endswith(': connection failed or dropped')


@pytest.mark.parametrize('status', [204, 301, 401, 404, 429, 500, 503])
def test_an_http_error_status_is_critical_even_with_a_good_body(aggregator, status):
    with source(b'' if status == 204 else RECORDED, status=status) as url:
        assert run({'url': url}) == ''
    assert failure(aggregator) == f'{url}: HTTP status {status}, expected 200'


def test_a_silent_source_is_critical_after_the_time_out(aggregator):
    with socket.socket() as listener:
        listener.bind(('127.0.0.1', 0))
        listener.listen()
        assert run({'url': f'http://127.0.0.1:{listener.getsockname()[1]}/', 'timeout': 0.2}) == ''
    assert failure(aggregator).endswith(': no answer within 0.2 s')


def test_a_source_that_drips_is_cut_at_the_time_out(aggregator):
    slow = b'<electricity unit="MW">' + b' ' * 8000
    with source(slow, pause=0.0005) as url:
        run({'url': url, 'timeout': 0.3})
    # On a machine that stalls, the client's own timeout may strike first. Either way the answer is not waited for.
    ends = (': the answer was not complete after 0.3 s', ': connection failed or dropped')
    assert failure(aggregator).endswith(ends)


def test_an_answer_cut_short_is_critical(aggregator):
    with source(promise=len(RECORDED) + 500) as url:
        run({'url': url, 'timeout': 2})
    assert failure(aggregator).startswith(f'{url}: ')


def test_an_endless_answer_is_cut(aggregator):
    with source(b' ' * (LARGEST_ANSWER + 4096)) as url:
        run({'url': url})
    assert failure(aggregator) == f'{url}: the answer is larger than {LARGEST_ANSWER} bytes'


def test_a_redirect_to_a_closed_port_does_not_repeat_its_query(aggregator):
    with source(b'', status=302, location=f'http://127.0.0.1:{closed_port()}/?token=hidden') as url:
        run({'url': url})
    assert 'hidden' not in failure(aggregator)


def test_malformed_xml_is_critical_with_its_position(aggregator):
    with source(b'<electricity unit="MW">\n  <production') as url:
        assert run({'url': url}) == ''
    assert 'malformed XML at line 2, column 3' in failure(aggregator)


def test_wrong_units_are_critical(aggregator):
    with source(RECORDED.replace(b'"MW"', b'"GW"')) as url:
        assert run({'url': url}) == ''
    assert failure(aggregator) == f'{url}: expected unit MW, found GW'


def test_one_bad_row_keeps_back_every_gauge(aggregator):
    with source(RECORDED.replace(b'2875', b'n/a')) as url:
        run({'url': url})
    assert failure(aggregator) == f"{url}: expected a number for gas, found 'n/a'"


def document(rows, unit='MW', root='electricity', head=''):
    return f'{head}<{root} unit="{unit}">{rows}</{root}>'.encode()


BOMB = '<!DOCTYPE e [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE e [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    ('body', 'message'),
    [
        (b'', 'malformed XML'),
        (b'<html><body>Busy</body></html>', 'expected the element <electricity>, found <html>'),
        (document(''), 'the answer has no <production>'),
        (document('<production type="gas">1</production>', unit=''), 'expected unit MW, found none'),
        (document('<production>1</production>'), "found ''"),
        (document('<production type="Gas, new">1</production>'), "found 'Gas, new'"),
        (document('<production type="gas">1</production>' * 2), 'type gas stands in the answer twice'),
        (document('<production type="gas"/>'), 'expected a number for gas'),
        (document('<production type="gas">nan</production>'), 'expected a number for gas'),
        (document('<production type="gas">-inf</production>'), 'expected a number for gas'),
        (document('<production type="gas">1,5</production>'), 'expected a number for gas'),
        (document('<production type="gas">&b;</production>', head=BOMB), 'DOCTYPE'),
        (document('<production type="gas">&a;</production>', head=OUTSIDE), 'DOCTYPE'),
        (document('<production type="gas">1</production>', head=BOMB).decode().encode('utf-16'), 'not UTF-8'),
        (document('<production type="éolien">1</production>').decode().encode('latin-1'), 'not UTF-8'),
    ],
)
def test_refuses_an_answer_that_is_not_the_agreed_one(body, message):
    with pytest.raises(SourceError) as refused:
        parse(body)
    assert message in str(refused.value)


def test_a_declared_encoding_cannot_hide_a_doctype():
    hidden = b'<?xml version="1.0" encoding="UTF-7"?>' + document('<production type="gas">1</production>')
    assert parse(hidden) == {'gas': 1.0}


@pytest.mark.parametrize('url', [None, '', 'ftp://127.0.0.1/', 'file:///etc/hostname', '127.0.0.1:80', 80])
def test_an_address_that_is_not_http_is_refused(aggregator, url):
    assert run({'url': url}) == '`url` must be an http:// or https:// address'
    assert aggregator.service_checks('electricity.can_connect') == []


@pytest.mark.parametrize('login', ['hidden', 'user:hidden', ':hidden'])
def test_an_address_with_a_login_is_refused_without_repeating_it(aggregator, login):
    message = run({'url': f'http://{login}@127.0.0.1/'})
    assert message.startswith('`url` must not carry')
    assert 'hidden' not in message


def test_a_misspelt_option_is_refused_with_the_nearest_known_one(aggregator):
    message = run({'url': 'http://127.0.0.1/', 'timeot': 3})
    assert message == 'unknown option `timeot` in the instance; did you mean `timeout`?'

"""page_views against datadog-checks-base's stubs and logs in a folder of its own."""

import json
import os
from pathlib import Path

import pytest
from page_views import DEFAULTS, OTHER, SMALLEST_LIMIT, PageViewsCheck, __version__, request_of

ROUTES = ['/', '/api/apm', '/api/trace']


@pytest.fixture
def log(tmp_path):
    file = tmp_path / 'app.log'
    file.touch()
    return file


def record(path='/', status=200, **fields):
    return json.dumps({'http.url_details.path': path, 'http.status_code': status, **fields}) + '\n'


def append(file, *texts):
    with file.open('a') as stream:
        stream.write(''.join(texts))


def made(log, **options):
    """A check that has run once, and so has seen the log's end."""
    check = PageViewsCheck('page_views', {}, [{'path': str(log), **options}])
    assert check.run() == ''
    return check


def run(instance):
    """Run one instance once; the message of its error, or '' when it went well."""
    error = PageViewsCheck('page_views', {}, [instance]).run()
    return json.loads(error)[0]['message'] if error else ''


def counted(aggregator, check):
    """What one more run counts: requests by route and status class, without those that are 0."""
    aggregator.reset()
    assert check.run() == ''
    counts = {}
    for metric in aggregator.metrics('page_views.requests'):
        tags = dict(tag.split(':', 1) for tag in metric.tags)
        if metric.value:
            counts[tags['route'], tags['status_class']] = metric.value
    return counts


def pending(aggregator):
    (metric,) = aggregator.metrics('page_views.pending')
    return metric.value


def state(aggregator):
    (check,) = aggregator.service_checks('page_views.can_read')
    return check.status, check.message


def test_an_idle_app_is_counted_as_0_for_each_known_route_from_the_first_run_on(aggregator, log):
    assert run({'path': str(log), 'tags': ['check:page_views']}) == ''
    for route in ROUTES:
        tags = ['check:page_views', f'route:{route}', 'status_class:2xx']
        aggregator.assert_metric('page_views.requests', 0, tags=tags, count=1, metric_type=aggregator.COUNT)
    aggregator.assert_metric('page_views.pending', 0, tags=['check:page_views'], metric_type=aggregator.GAUGE)
    aggregator.assert_all_metrics_covered()
    aggregator.assert_service_check('page_views.can_read', PageViewsCheck.OK, tags=['check:page_views'], count=1)


def test_counts_each_line_once_by_route_and_status_class(aggregator, log):
    check = made(log)
    append(log, record('/'), record('/'), record('/api/apm'), record('/api/apm', 500))
    assert counted(aggregator, check) == {('/', '2xx'): 2, ('/api/apm', '2xx'): 1, ('/api/apm', '5xx'): 1}
    assert counted(aggregator, check) == {}
    append(log, record('/api/trace', 304))
    assert counted(aggregator, check) == {('/api/trace', '3xx'): 1}


def test_what_was_written_before_the_first_run_is_not_counted(aggregator, log):
    append(log, record(), record())
    assert counted(aggregator, PageViewsCheck('page_views', {}, [{'path': str(log)}])) == {}


def test_unknown_paths_share_one_tag(aggregator, log):
    check = made(log)
    append(log, *[record(f'/wp-login-{number}.php', 404) for number in range(50)])
    assert counted(aggregator, check) == {(OTHER, '4xx'): 50}


def test_the_known_routes_are_an_option(aggregator, log):
    check = made(log, routes='/shop /cart')
    append(log, record('/cart'), record('/'))
    assert counted(aggregator, check) == {('/cart', '2xx'): 1, (OTHER, '2xx'): 1}


def test_a_line_that_is_being_written_waits_for_its_end(aggregator, log):
    check = made(log)
    whole = record('/api/apm')
    append(log, whole[:20])
    assert counted(aggregator, check) == {}
    append(log, whole[20:])
    assert counted(aggregator, check) == {('/api/apm', '2xx'): 1}


def test_a_first_run_in_the_middle_of_a_line_counts_from_the_next_one(aggregator, log):
    append(log, record()[:20])
    check = made(log)
    append(log, record()[20:], record('/api/apm'))
    assert counted(aggregator, check) == {('/api/apm', '2xx'): 1}


def test_a_rotated_log_is_read_to_its_end_and_the_new_one_from_its_start(aggregator, log):
    check = made(log)
    append(log, record('/'))
    assert counted(aggregator, check) == {('/', '2xx'): 1}
    append(log, record('/api/apm'))
    log.rename(log.with_name('app.log.1'))
    append(log, record('/api/trace'))
    assert counted(aggregator, check) == {('/api/apm', '2xx'): 1, ('/api/trace', '2xx'): 1}
    append(log, record('/api/trace'))
    assert counted(aggregator, check) == {('/api/trace', '2xx'): 1}


def test_an_unfinished_line_at_the_end_of_a_rotated_log_holds_nothing_up(aggregator, log):
    check = made(log)
    append(log, record('/'), record('/')[:20])
    log.rename(log.with_name('app.log.1'))
    append(log, record('/api/apm'))
    assert counted(aggregator, check) == {('/', '2xx'): 1, ('/api/apm', '2xx'): 1}


def test_a_rotated_log_that_is_gone_or_another_one_is_let_go(aggregator, log):
    check = made(log)
    append(log, record('/'))
    log.rename(log.with_name('app.log.2'))
    append(log.with_name('app.log.1'), record('/'), record('/'))
    append(log, record('/api/apm'))
    assert counted(aggregator, check) == {('/api/apm', '2xx'): 1}


def test_a_log_that_was_emptied_in_place_is_read_from_its_start(aggregator, log):
    append(log, record(), record(), record())
    check = made(log)
    os.truncate(log, 0)
    append(log, record('/api/apm'))
    assert counted(aggregator, check) == {('/api/apm', '2xx'): 1}


def test_a_run_reads_no_more_than_its_limit_and_the_next_one_goes_on(aggregator, log):
    check = made(log, limit=SMALLEST_LIMIT)
    size = len(record())
    fit = SMALLEST_LIMIT // size
    append(log, *[record()] * (fit + 5))
    assert counted(aggregator, check) == {('/', '2xx'): fit}
    assert pending(aggregator) == 5 * size
    assert counted(aggregator, check) == {('/', '2xx'): 5}
    assert pending(aggregator) == 0


def test_the_limit_holds_across_a_rotation_and_no_line_is_lost(aggregator, log):
    check = made(log, limit=SMALLEST_LIMIT)
    size = len(record())
    fit = SMALLEST_LIMIT // size
    append(log, *[record()] * (fit + 5))
    log.rename(log.with_name('app.log.1'))
    new = record('/api/apm')
    append(log, *[new] * fit)
    assert counted(aggregator, check) == {('/', '2xx'): fit}
    assert pending(aggregator) == 5 * size + log.stat().st_size
    # The rest of the old file, and as much of the new one as the limit leaves.
    assert counted(aggregator, check) == {('/', '2xx'): 5, ('/api/apm', '2xx'): (SMALLEST_LIMIT - 5 * size) // len(new)}
    last = fit - (SMALLEST_LIMIT - 5 * size) // len(new)
    assert counted(aggregator, check) == {('/api/apm', '2xx'): last}
    assert pending(aggregator) == 0


def test_a_line_longer_than_the_limit_is_skipped_whole(aggregator, log):
    check = made(log, limit=SMALLEST_LIMIT)
    # Its end would pass for a line of its own.
    append(log, 'x' * 3 * SMALLEST_LIMIT, record('/api/apm'), record('/'))
    found = [counted(aggregator, check) for _ in range(5)]
    assert [counts for counts in found if counts] == [{('/', '2xx'): 1}]


def test_lines_of_other_kinds_are_skipped_beside_requests(aggregator, log):
    check = made(log)
    append(log, 'Traceback (most recent call last):\n', '{"message": "started"}\n', record('/'))
    assert counted(aggregator, check) == {('/', '2xx'): 1}
    assert state(aggregator) == (PageViewsCheck.OK, '')


def test_a_log_without_a_single_request_is_a_warning(aggregator, log):
    check = made(log)
    append(log, '127.0.0.1 - - "GET / HTTP/1.1" 200\n' * 2)
    assert counted(aggregator, check) == {}
    assert state(aggregator) == (PageViewsCheck.WARNING, f'{log}: 2 lines, none of them a request')


@pytest.mark.parametrize(
    'line',
    [
        b'',
        b'\xff\xfe',
        b'[1]',
        b'"text"',
        b'[' * 100_000,
        b'{"http.url_details.path": "/"}',
        b'{"http.url_details.path": 7, "http.status_code": 200}',
        b'{"http.url_details.path": "/", "http.status_code": "200"}',
        b'{"http.url_details.path": "/", "http.status_code": true}',
        b'{"http.url_details.path": "/", "http.status_code": 0}',
        b'{"http.url_details.path": "/", "http.status_code": 1e3}',
    ],
)
def test_a_line_that_is_no_request_is_none(line):
    assert request_of(line) is None


@pytest.mark.parametrize(
    ('replace', 'message'),
    [
        (lambda log: log.unlink(), 'No such file or directory'),
        (lambda log: (log.unlink(), log.mkdir()), 'not a regular file'),
        (lambda log: (log.unlink(), os.mkfifo(log)), 'not a regular file'),
        (lambda log: (log.unlink(), log.symlink_to('nowhere')), 'No such file or directory'),
    ],
)
def test_a_log_that_cannot_be_read_is_critical_and_no_count(aggregator, log, replace, message):
    check = made(log)
    aggregator.reset()
    replace(log)
    assert check.run() == ''
    assert state(aggregator) == (PageViewsCheck.CRITICAL, f'{log}: {message}')
    aggregator.assert_all_metrics_covered()


def test_a_log_without_read_permission_is_critical(aggregator, log, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, 'Permission denied')

    # Not by its mode: root, who may run this test, reads any file.
    monkeypatch.setattr(os, 'open', refuse)
    assert run({'path': str(log)}) == ''
    assert state(aggregator) == (PageViewsCheck.CRITICAL, f'{log}: Permission denied')


def test_a_log_that_comes_back_is_read_on(aggregator, log):
    check = made(log)
    log.rename(log.with_name('aside'))
    assert check.run() == ''
    log.with_name('aside').rename(log)
    append(log, record('/'))
    assert counted(aggregator, check) == {('/', '2xx'): 1}


def test_no_file_stays_open_between_runs(aggregator, log):
    check = made(log)
    before = len(os.listdir('/proc/self/fd'))  # noqa: PTH208
    log.rename(log.with_name('app.log.1'))
    log.mkdir()
    assert check.run() == ''
    log.rmdir()
    log.touch()
    assert check.run() == ''
    assert len(os.listdir('/proc/self/fd')) == before  # noqa: PTH208


@pytest.mark.parametrize(
    ('instance', 'message'),
    [
        ({'path': 'app.log'}, "`path` must be an absolute path, found 'app.log'"),
        ({'path': None}, '`path` must be an absolute path, found None'),
        ({'routes': ''}, "`routes` must be paths separated by blanks, found ''"),
        ({'routes': '/ api'}, "`routes` must be paths separated by blanks, found '/ api'"),
        ({'routes': ['/']}, "`routes` must be paths separated by blanks, found ['/']"),
        ({'limit': 10}, '`limit` must be a whole number of at least 4096, found 10'),
        ({'limit': True}, '`limit` must be a whole number of at least 4096, found True'),
        ({'limit': '1 MB'}, "`limit` must be a whole number of at least 4096, found '1 MB'"),
        ({'pth': '/'}, 'unknown option `pth` in the instance; did you mean `path`?'),
    ],
)
def test_a_wrong_option_is_refused_with_what_was_expected(aggregator, instance, message):
    assert run(instance) == message
    aggregator.assert_all_metrics_covered()
    assert aggregator.service_checks('page_views.can_read') == []


def test_defaults_are_those_of_check_yaml():
    text = (Path(__file__).parent / 'check.yaml').read_text()
    for value in DEFAULTS.values():
        assert f'default: {json.dumps(value) if " " in str(value) else value}\n' in text


def test_has_a_version():
    assert __version__.count('.') == 2

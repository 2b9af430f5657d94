"""The http_check and nginx checks against a small web server."""

from typing import Any

import pytest
from datadog_checks.base import ConfigurationError

from datadog_checks.http_check import HTTPCheck
from datadog_checks.nginx import Nginx
from lab_agent import bridge
from pages import serving

STATUS = """Active connections: 3
server accepts handled requests
 16 15 31
Reading: 0 Writing: 1 Waiting: 2
"""


@pytest.fixture(autouse=True)
def fresh() -> None:
    bridge.install(bridge.Bridge())


def sent(check: Any) -> tuple[str, dict[str, float], dict[str, int], set[str]]:
    """Error, metrics, service checks and all tags of one run."""
    check.check_id = 'one'
    error = check.run()
    found = bridge.current.sampler('one').commit()
    metrics = {one['metric']: one['points'][0][1] for one in found['metrics']}
    services = {one['check']: one['status'] for one in found['service_checks']}
    return error, metrics, services, {tag for one in found['metrics'] for tag in one['tags']}


def http(url: str, **options: Any) -> HTTPCheck:
    return HTTPCheck('http_check', {}, [{'name': 'Front Page', 'url': url, **options}])


def test_a_page_that_is_up() -> None:
    with serving({'/': (200, 'hello')}) as url:
        error, metrics, services, tags = sent(http(f'{url}/', tags=['team:web']))
    assert error == ''
    assert set(metrics) == {'network.http.response_time', 'network.http.can_connect', 'network.http.cant_connect'}
    assert (metrics['network.http.can_connect'], metrics['network.http.cant_connect']) == (1, 0)
    assert services == {'http.can_connect': 0}
    assert tags == {'team:web', f'url:{url}/', 'instance:front_page'}


@pytest.mark.parametrize(
    ('path', 'options'),
    [
        ('/broken', {}),
        ('/', {'http_response_status_code': '404'}),
        ('/', {'content_match': 'goodbye'}),
        ('/', {'content_match': 'hello', 'reverse_content_match': True}),
    ],
)
def test_a_page_that_counts_as_down_is_critical_and_no_error(path: str, options: dict[str, Any]) -> None:
    with serving({'/': (200, 'hello'), '/broken': (500, 'sorry')}) as url:
        error, metrics, services, _ = sent(http(url + path, **options))
    assert (error, metrics['network.http.can_connect'], services) == ('', 0, {'http.can_connect': 2})


@pytest.mark.parametrize(
    'options', [{'content_match': 'h.llo'}, {'content_match': 'bye', 'reverse_content_match': True}]
)
def test_content_that_is_as_wanted(options: dict[str, Any]) -> None:
    with serving({'/': (200, 'hello')}) as url:
        assert sent(http(f'{url}/', **options))[2] == {'http.can_connect': 0}


def test_nobody_listens() -> None:
    with serving({}) as url:
        pass
    error, metrics, services, _ = sent(http(url))
    assert (error, services) == ('', {'http.can_connect': 2})
    assert 'network.http.response_time' not in metrics


@pytest.mark.parametrize('instance', [{}, {'name': 'x'}, {'url': 'http://a'}, {'name': 'x', 'url': 'ftp://a'}])
def test_an_instance_without_a_name_or_an_address_is_refused(instance: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        HTTPCheck('http_check', {}, [instance])


def test_the_status_page_of_nginx() -> None:
    with serving({'/status': (200, STATUS)}) as url:
        error, metrics, services, tags = sent(Nginx('nginx', {}, [{'nginx_status_url': f'{url}/status'}]))
    assert error == ''
    assert metrics == {
        'nginx.net.connections': 3,
        'nginx.net.reading': 0,
        'nginx.net.writing': 1,
        'nginx.net.waiting': 2,
    }
    assert (services, tags) == ({'nginx.can_connect': 0}, set())


def test_rates_of_nginx_need_a_second_run() -> None:
    with serving({'/status': (200, STATUS)}) as url:
        check = Nginx('nginx', {}, [{'nginx_status_url': f'{url}/status', 'tags': ['a:b']}])
        sent(check)
        _, metrics, _, tags = sent(check)
    assert {name for name in metrics if name.endswith('_s')} == {
        'nginx.net.conn_opened_per_s',
        'nginx.net.conn_dropped_per_s',
        'nginx.net.request_per_s',
    }
    assert tags == {'a:b'}


def test_another_page_or_none_is_an_error() -> None:
    with serving({'/': (200, 'Welcome to nginx!')}) as url:
        error, _, services, _ = sent(Nginx('nginx', {}, [{'nginx_status_url': f'{url}/'}]))
        assert 'not a page of stub_status' in error
        assert services == {'nginx.can_connect': 0}
        error, _, services, _ = sent(Nginx('nginx', {}, [{'nginx_status_url': f'{url}/none'}]))
        assert '404' in error
        assert services == {'nginx.can_connect': 2}
    with pytest.raises(ConfigurationError):
        Nginx('nginx', {}, [{}])

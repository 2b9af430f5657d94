"""Which addresses data may be sent to."""

import pytest

from lab_agent.sending.address import Address, loopback


@pytest.mark.parametrize(
    ('url', 'expected'),
    [
        ('http://127.0.0.1:8080', Address(('127.0.0.1',), 8080, '')),
        ('http://127.9.8.7/', Address(('127.9.8.7',), 80, '')),
        ('http://[::1]:81/base/', Address(('::1',), 81, '/base')),
        ('http://LOCALHOST:81', Address(('127.0.0.1', '::1'), 81, '')),
    ],
)
def test_http_on_loopback_is_used_and_no_name_is_resolved(url: str, expected: Address) -> None:
    assert loopback(url) == expected


@pytest.mark.parametrize(
    'url',
    [
        '',
        '127.0.0.1:80',
        'https://127.0.0.1',
        'ftp://127.0.0.1',
        'http://',
        'http://203.0.113.1',
        'http://0.0.0.0:80',
        'http://10.0.2.2:80',
        'http://[::]:80',
        'http://[::2]:80',
        'http://[::ffff:203.0.113.1]',
        'http://localhost.example.com',
        'http://127.0.0.1.example.com',
        'http://127.0.0.1@203.0.113.1',
        'http://2130706433',
        'http://127.1',
        'http://127.0.0.1:99999',
        'http://127.0.0.1:0',
        'http://127.0.0.1:x',
        'http://[::1',
    ],
)
def test_everything_else_is_refused(url: str) -> None:
    assert loopback(url) is None

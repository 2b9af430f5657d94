"""No output contains a key or a password."""

import json

from lab_agent.scrub import key_ending, scrub, scrub_value

KEY = '0123456789abcdef0123456789abcdef'


def test_a_key_shows_28_stars_and_its_last_four_characters() -> None:
    assert key_ending(KEY) == '*' * 28 + 'cdef'


def test_a_key_in_a_text_is_hidden() -> None:
    text = scrub(f'api_key: {KEY} and more')
    assert KEY not in text
    assert text.endswith('cdef and more')


def test_an_application_key_is_hidden_too() -> None:
    assert '0123456789' not in scrub(f'key {KEY}01234567')


def test_a_check_id_and_a_trace_id_stay_readable() -> None:
    assert scrub('my_metric:f2f7a6423b31b60e') == 'my_metric:f2f7a6423b31b60e'


def test_named_passwords_are_eight_stars() -> None:
    assert scrub('password: hunter2') == 'password: ********'
    assert scrub('mysql_password="a b"') == 'mysql_password="********"'
    assert scrub('auth_token=abc, x') == 'auth_token=********, x'


def test_a_password_in_a_url_is_eight_stars() -> None:
    assert scrub('https://user:hunter2@host/x') == 'https://user:********@host/x'


def test_nested_values_are_known_by_their_key() -> None:
    found = scrub_value({'a': [{'password': 'x', 'port': 3306}], 'url': 'http://u:p@h', 'n': None})
    assert found == {'a': [{'password': '********', 'port': 3306}], 'url': 'http://u:********@h', 'n': None}


def test_json_in_a_text_stays_json() -> None:
    text = json.dumps([{'message': 'refused, password=hunter2', 'traceback': 'x'}])
    (found,) = json.loads(scrub(text))
    assert found['message'] == 'refused, password=********'

"""datadog.yaml, overridden by the environment."""

from pathlib import Path

import pytest

from lab_agent.settings import SettingsError, load_settings
from lab_agent.tags import parse_tags


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / 'datadog.yaml'
    path.write_text('site: datadoghq.eu\ntags: ["a:1", "b:2"]\nlogs_enabled: true\nhostname: fromfile\n')
    return path


def test_the_file_is_read(config: Path) -> None:
    settings = load_settings(config, {})
    assert settings.site == 'datadoghq.eu'
    assert settings.host_tags == ['a:1', 'b:2']
    assert settings.logs_enabled
    assert (settings.apm_port, settings.cmd_port) == (8126, 5001)


def test_the_environment_wins(config: Path) -> None:
    env = {'DD_SITE': 'us3.datadoghq.com', 'DD_TAGS': 'c:3 d:4', 'DD_LOGS_ENABLED': 'false', 'DD_HOSTNAME': 'other'}
    settings = load_settings(config, env)
    assert settings.site == 'us3.datadoghq.com'
    assert settings.host_tags == ['c:3', 'd:4']
    assert not settings.logs_enabled
    assert settings.hostname == 'other'


def test_an_empty_variable_counts_as_absent(config: Path) -> None:
    assert load_settings(config, {'DD_SITE': '', 'DD_TAGS': ''}).host_tags == ['a:1', 'b:2']


def test_env_is_a_host_tag(config: Path) -> None:
    assert 'env:trial' in load_settings(config, {'DD_ENV': 'trial'}).host_tags


def test_each_kind_of_data_has_an_address_of_its_own(config: Path) -> None:
    config.write_text(
        'dd_url: http://127.0.0.1:1\napm_config: {apm_dd_url: "http://127.0.0.1:2"}\n'
        'logs_config: {logs_dd_url: "127.0.0.1:3", logs_no_ssl: true}\nuse_v2_api: {series: false}\n'
    )
    settings = load_settings(config, {})
    assert (settings.dd_url, settings.apm_dd_url) == ('http://127.0.0.1:1', 'http://127.0.0.1:2')
    assert settings.logs_url == 'http://127.0.0.1:3'
    assert not settings.use_v2_series


def test_without_addresses_there_are_none(config: Path) -> None:
    settings = load_settings(config, {})
    assert (settings.dd_url, settings.apm_dd_url, settings.logs_url) == ('', '', '')
    assert settings.use_v2_series


def test_the_environment_names_the_addresses_too(config: Path) -> None:
    env = {
        'DD_DD_URL': 'http://127.0.0.1:1',
        'DD_APM_DD_URL': 'http://127.0.0.1:2',
        'DD_LOGS_CONFIG_LOGS_DD_URL': '127.0.0.1:3',
        'DD_LOGS_CONFIG_LOGS_NO_SSL': 'true',
        'DD_LOGS_CONFIG_FORCE_USE_HTTP': 'true',
        'DD_USE_V2_API_SERIES': 'false',
    }
    settings = load_settings(config, env)
    assert (settings.dd_url, settings.apm_dd_url) == ('http://127.0.0.1:1', 'http://127.0.0.1:2')
    assert settings.logs_url == 'http://127.0.0.1:3'
    assert not settings.use_v2_series


@pytest.mark.parametrize(
    ('env', 'expected'),
    [
        ({'DD_LOGS_CONFIG_LOGS_DD_URL': '127.0.0.1:3'}, 'https://127.0.0.1:3'),
        ({'DD_LOGS_CONFIG_LOGS_DD_URL': '[::1]:3', 'DD_LOGS_CONFIG_LOGS_NO_SSL': '1'}, 'http://[::1]:3'),
        ({'DD_LOGS_CONFIG_LOGS_DD_URL': 'http://127.0.0.1:3'}, 'http://127.0.0.1:3'),
        ({'DD_LOGS_CONFIG_LOGS_NO_SSL': 'true'}, ''),
    ],
)
def test_logs_go_by_tls_unless_it_is_turned_off_or_a_url_says_so(
    config: Path, env: dict[str, str], expected: str
) -> None:
    assert load_settings(config, env).logs_url == expected


def test_a_missing_file_counts_as_empty(tmp_path: Path) -> None:
    assert load_settings(tmp_path / 'absent.yaml', {}).site == 'datadoghq.com'


@pytest.mark.parametrize('text', ['a: [', '- list', 'a: b: c', 'cmd_port: <5001>', 'apm_config: on', 'logs_config: on'])
def test_a_broken_file_is_told_by_its_path(tmp_path: Path, text: str) -> None:
    path = tmp_path / 'datadog.yaml'
    path.write_text(text)
    with pytest.raises(SettingsError, match='datadog.yaml'):
        load_settings(path, {})


@pytest.mark.parametrize(
    ('given', 'expected'),
    [
        (['a:1', 'a:1', 'b'], ['a:1', 'b']),
        ('a:1,b:2 c:3', ['a:1', 'b:2', 'c:3']),
        (' a:1 ,  b:2 ', ['a:1', 'b:2']),
        (None, []),
        ('', []),
        ({'a': 1}, []),
    ],
)
def test_tags_come_as_a_list_or_as_one_string(given: object, expected: list[str]) -> None:
    assert parse_tags(given) == expected

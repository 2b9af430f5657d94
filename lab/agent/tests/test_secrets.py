"""Handles of secrets in datadog.yaml, by the user's program and by the package's connector."""

import json
import stat
from pathlib import Path

import pytest

from lab_agent import connector, secrets
from lab_agent.effective import effective
from lab_agent.settings import SettingsError, load_settings, resolver

KEY = '0123456789abcdef0123456789abcdef'
CONNECTOR = Path(__file__).parents[1] / 'bin/secret-generic-connector'


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('LAB_AGENT_SITE', str(Path(__file__).parents[1] / 'src'))


def program(tmp_path: Path, body: str, mode: int = 0o500) -> Path:
    path = tmp_path / 'resolve'
    path.write_text(f'#!/bin/sh\n{body}\n')
    path.chmod(mode)
    return path


def config(tmp_path: Path, text: str) -> Path:
    path = tmp_path / 'datadog.yaml'
    path.write_text(text)
    return path


def answering(tmp_path: Path, answer: object, mode: int = 0o500) -> Path:
    return program(tmp_path, f"cat >/dev/null\ncat <<'END'\n{json.dumps(answer)}\nEND", mode)


def test_the_program_gets_the_handles_and_its_answer_is_used(tmp_path: Path) -> None:
    asked = tmp_path / 'asked'
    answer = json.dumps({'a': {'value': KEY}, 'b c': {'value': 'http://proxy', 'error': None}})
    path = program(tmp_path, f"cat >{asked}\nprintf '%s' \"$1\" >>{asked}\ncat <<'END'\n{answer}\nEND")
    text = f'api_key: ENC[a]\nproxy: {{https: "ENC[b c]"}}\nsecret_backend_command: {path}\n'
    settings = load_settings(config(tmp_path, f'{text}secret_backend_arguments: [x y]\n'), {}, CONNECTOR)
    assert settings.api_key == KEY
    assert settings.raw['proxy'] == {'https': 'http://proxy'}
    assert asked.read_text() == '{"version": "1.1", "secrets": ["a", "b c"]}x y'
    shown = effective(settings, {})
    assert shown['api_key'] == '*' * 28 + 'cdef'
    assert shown['proxy'] == {'https': '********'}


def test_a_key_of_the_environment_wins_and_is_not_asked_for(tmp_path: Path) -> None:
    path = program(tmp_path, 'exit 1')
    file = config(tmp_path, f'api_key: ENC[a]\nsecret_backend_command: {path}\n')
    assert load_settings(file, {'DD_API_KEY': KEY}, CONNECTOR).api_key == KEY


def test_a_command_that_needs_no_secret_does_not_ask(tmp_path: Path) -> None:
    file = config(tmp_path, 'api_key: ENC[a]\nsecret_backend_command: /nowhere\n')
    assert load_settings(file, {}).api_key == 'ENC[a]'


@pytest.mark.parametrize(
    ('answer', 'reason'),
    [
        ({}, 'was not resolved'),
        ({'a': {'value': None, 'error': 'no such secret'}}, 'no such secret'),
        ({'a': {'value': '', 'error': None}}, 'is empty'),
        ([], 'could not unmarshal'),
    ],
)
def test_an_unresolved_handle_ends_the_agent(tmp_path: Path, answer: object, reason: str) -> None:
    file = config(tmp_path, f'api_key: ENC[a]\nsecret_backend_command: {answering(tmp_path, answer)}\n')
    with pytest.raises(SettingsError, match=reason):
        load_settings(file, {}, CONNECTOR)


@pytest.mark.parametrize('mode', [0o755, 0o770, 0o501, 0o600])
def test_rights_of_others_end_it_too(tmp_path: Path, mode: int) -> None:
    path = answering(tmp_path, {'a': {'value': KEY}}, mode)
    assert stat.S_IMODE(path.stat().st_mode) == mode
    with pytest.raises(SettingsError, match='invalid executable'):
        load_settings(config(tmp_path, f'api_key: ENC[a]\nsecret_backend_command: {path}\n'), {}, CONNECTOR)


@pytest.mark.parametrize('body', ['exit 3', 'sleep 5'])
def test_a_program_that_fails_or_hangs_is_told_without_its_output(tmp_path: Path, body: str) -> None:
    path = program(tmp_path, f'echo {KEY} >&2\n{body}')
    text = f'api_key: ENC[a]\nsecret_backend_command: {path}\nsecret_backend_timeout: 1\n'
    with pytest.raises(SettingsError) as caught:
        load_settings(config(tmp_path, text), {}, CONNECTOR)
    assert KEY not in str(caught.value)


def test_the_connector_reads_one_file_for_each_secret(tmp_path: Path, site: None) -> None:
    folder = tmp_path / 'secrets'
    folder.mkdir()
    (folder / 'key').write_text(f'{KEY}\n')
    text = f'api_key: ENC[key]\nsecret_backend_type: file.text\nsecret_backend_config: {{secrets_path: {folder}}}\n'
    file = config(tmp_path, text + 'secret_backend_remove_trailing_line_break: true\n')
    assert load_settings(file, {}, CONNECTOR).api_key == KEY


@pytest.mark.parametrize('kind', ['file.json', 'file.yaml'])
def test_the_connector_reads_one_file_for_all(tmp_path: Path, kind: str) -> None:
    path = tmp_path / 'secrets.json'
    path.write_text(json.dumps({'key': KEY}))
    request = {'type': kind, 'config': {'file_path': str(path)}, 'secrets': ['key', 'other']}
    answers = connector.answer(request)
    assert answers['key'] == {'value': KEY, 'error': None}
    assert answers['other']['value'] is None


@pytest.mark.parametrize(
    ('request_', 'reason'),
    [
        ({'type': 'aws.secrets', 'config': {}}, 'the lab Agent has no backend aws.secrets'),
        ({'type': 'file.text', 'config': {}}, 'secrets_path is required'),
        ({'type': 'file.text', 'config': {'secrets_path': '/nowhere'}}, 'not accessible'),
        ({'type': 'file.text', 'config': {'secrets_path': '/etc'}, 'secrets': ['../root/x']}, 'outside allowed'),
        ({'type': 'file.text', 'config': {'secrets_path': '/etc'}, 'secrets': ['/root/x']}, 'outside allowed'),
    ],
)
def test_what_the_connector_cannot_read_is_an_error(request_: dict[str, object], reason: str) -> None:
    [answer] = connector.answer({'secrets': ['k'], **request_}).values()
    assert answer['value'] is None
    assert reason in str(answer['error'])


def test_handles_of_conf_d_are_resolved_too(tmp_path: Path) -> None:
    path = answering(tmp_path, {'p': {'value': 'hunter2'}})
    settings = load_settings(config(tmp_path, f'secret_backend_command: {path}\n'), {}, CONNECTOR)
    resolve = resolver(settings, CONNECTOR)
    assert resolve({'instances': [{'password': 'ENC[p]'}]}) == {'instances': [{'password': 'hunter2'}]}
    with pytest.raises(secrets.SecretError):
        resolve({'instances': [{'password': 'ENC[q]'}]})


def test_settings_of_the_backend_hold_no_handle() -> None:
    assert secrets.handles({'secret_backend_config': {'x': 'ENC[a]'}, 'y': ['ENC[b]', 'x ENC[c]']}) == {'b'}

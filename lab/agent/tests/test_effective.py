"""`datadog-agent config`."""

from pathlib import Path

from lab_agent.effective import effective
from lab_agent.settings import load_settings

KEY = '0123456789abcdef0123456789abcdef'


def settings_of(tmp_path: Path, text: str, environment: dict[str, str] | None = None) -> dict[str, object]:
    path = tmp_path / 'datadog.yaml'
    path.write_text(text)
    environment = environment or {}
    return effective(load_settings(path, environment), environment)


def test_names_are_lower_case_and_defaults_are_there(tmp_path: Path) -> None:
    found = settings_of(tmp_path, 'GUI_port: -1\ndocker_labels_as_tags: {com.Team: team}\n')
    assert found['gui_port'] == -1
    assert found['docker_labels_as_tags'] == {'com.team': 'team'}
    assert (found['log_level'], found['cmd_port']) == ('info', 5001)


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    found = settings_of(
        tmp_path, 'log_level: debug\ncheck_runners: 6\n', {'DD_CHECK_RUNNERS': '2', 'DD_LOG_LEVEL': 'warn'}
    )
    assert (found['check_runners'], found['log_level']) == ('2', 'warn')


def test_secrets_are_scrubbed(tmp_path: Path) -> None:
    found = settings_of(
        tmp_path, f'api_key: {KEY}\nproxy: {{https: "http://user:hunter2@proxy"}}\nx: {{password: hunter2}}\n'
    )
    assert found['api_key'] == '*' * 28 + 'cdef'
    assert 'hunter2' not in str(found)

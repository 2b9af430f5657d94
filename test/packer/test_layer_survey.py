"""What a layer has left in a root file system, looked at from outside."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENT = json.loads((ROOT / 'scripts/lib/box/secret-shapes.json').read_text())
SHAPES = {name: text for name, text in DOCUMENT.items() if name != 'about'}
KEY = '-----BEGIN PRIVATE KEY-----\n' + 'QUJD' * 16 + '\n-----END PRIVATE KEY-----\n'


def write(path: Path, text: str, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


def look(tmp_path: Path, since: float) -> tuple[int, str, dict[str, object]]:
    asked, out = tmp_path / 'asked.json', tmp_path / 'out.json'
    asked.write_text(json.dumps({'layer': 'web', 'shapes': SHAPES}))
    words = [ROOT / 'packer/chroot/survey.py', tmp_path / 'target', since, asked, out]
    command = [sys.executable, '-IBS', *map(str, words)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return result.returncode, result.stdout, json.loads(out.read_text()) if out.exists() else {}


def paths(survey: dict[str, object]) -> list[str]:
    return [entry[0] for entry in survey['entries']]  # type: ignore[index, attr-defined]


def test_only_what_has_changed_and_no_package_brought(tmp_path: Path) -> None:
    target = tmp_path / 'target'
    write(target / 'etc/old', 'x')
    write(target / 'var/lib/dpkg/info/tool.list', '/usr/bin/tool\n/lib/tool.so\n')
    since = time.time() + 0.2
    time.sleep(0.3)
    write(target / 'usr/bin/tool', 'x')
    write(target / 'usr/lib/tool.so', 'x')
    write(target / 'root/.cache/pip/x', 'x', 0o4755)
    write(target / 'etc/passwd', 'root:x:0:0::/root:/bin/sh\n')
    code, _, survey = look(tmp_path, since)
    assert code == 0
    found = paths(survey)
    assert '/root/.cache/pip/x' in found
    assert '/etc/old' not in found
    assert '/usr/bin/tool' not in found
    assert '/usr/lib/tool.so' not in found
    assert ['/root/.cache/pip/x', 'f', 0o4755] in [entry[:3] for entry in survey['entries']]  # type: ignore[attr-defined]
    assert survey['texts']['/etc/passwd'].startswith('root:')  # type: ignore[index, call-overload]


def test_a_secret_is_an_error_with_its_place_and_without_its_value(tmp_path: Path) -> None:
    for name, text, what in [
        ('key.pem', f'# mine\n{KEY}', 'a private key in line 2'),
        ('agent.conf', 'a = 1\napi_key = ' + '0123456789abcdef' * 2 + '\n', 'an API key in line 2'),
        ('pip.conf', 'url = https://robot:hunter22@pypi.example/\n', 'a login inside an address in line 1'),
    ]:
        write(tmp_path / 'target/etc/web' / name, text)
        code, said, _ = look(tmp_path, 0)
        assert code == 1, name
        assert what in said
        assert f'/etc/web/{name}' in said
        assert 'hunter22' not in said
        assert '0123456789abcdef' not in said
        (tmp_path / 'target/etc/web' / name).unlink()


def test_a_line_may_say_that_it_has_no_secret(tmp_path: Path) -> None:
    write(tmp_path / 'target/etc/a.conf', 'url = https://robot:hunter22@pypi.example/ # boxhound: no secret\n')
    assert look(tmp_path, 0)[0] == 0


def test_no_link_is_followed_and_nothing_but_files_is_read(tmp_path: Path) -> None:
    write(tmp_path / 'outside', KEY)
    target = tmp_path / 'target'
    write(target / 'etc/x', 'x')
    (target / 'etc/link').symlink_to(tmp_path / 'outside')
    (target / 'folder').symlink_to(tmp_path)
    os.mkfifo(target / 'etc/pipe')
    (target / 'etc/passwd').symlink_to(tmp_path / 'outside')
    code, _, survey = look(tmp_path, 0)
    assert code == 0
    assert {'/etc/link', '/folder', '/etc/pipe'} <= set(paths(survey))
    assert not any(path.startswith('/folder/') for path in paths(survey))
    assert survey['texts']['/etc/passwd'] == ''  # type: ignore[index, call-overload]

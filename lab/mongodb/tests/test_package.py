"""The packages, built around the FerretDB that the tests are given."""

import os
import subprocess
from pathlib import Path

import pytest

from mongod import HERE, REAL

KEPT = Path(str(REAL)).parent
pytestmark = pytest.mark.skipif(
    not KEPT.name.startswith('ferretdb-'), reason='LAB_MONGODB_FERRETDB is not in a folder of ferretdb.sh'
)


def _build(out: Path, umask: int) -> list[Path]:
    command = [str(HERE.parent / 'build.sh'), str(out)]
    environment = {**os.environ, 'BOXHOUND_GO': str(KEPT.parent)}
    told = subprocess.run(command, env=environment, umask=umask, text=True, capture_output=True, check=True).stdout
    return [Path(line) for line in told.splitlines()]


def _told(*command: str | Path) -> str:
    return subprocess.run([*map(str, command)], text=True, capture_output=True, check=True).stdout


@pytest.fixture(scope='module')
def built(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return _build(tmp_path_factory.mktemp('deb'), 0o022)


def test_two_packages_of_one_version(built: list[Path]) -> None:
    names = ['mongodb-org-server_8.0.0+lab_amd64.deb', 'mongodb-org_8.0.0+lab_amd64.deb']
    assert [path.name for path in built] == names
    server, meta = built
    assert _told('dpkg-deb', '--field', server, 'Depends').strip() == 'python3 (>= 3.11)'
    assert _told('dpkg-deb', '--field', meta, 'Depends').strip() == 'mongodb-org-server (= 8.0.0+lab)'
    for path in built:
        assert 'It is not MongoDB.' in _told('dpkg-deb', '--field', path, 'Description')


def test_the_same_sources_give_the_same_files(built: list[Path], tmp_path: Path) -> None:
    again = _build(tmp_path, 0o077)
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in built]


def test_what_is_in_it(built: list[Path]) -> None:
    lines = [line.split() for line in _told('dpkg-deb', '--contents', built[0]).splitlines()]
    modes = {line[5].removeprefix('.'): line[0] for line in lines}
    assert {line[1] for line in lines} == {'root/root'}
    assert modes['/usr/bin/mongod'] == modes['/usr/lib/mongodb-lab/ferretdb'] == '-rwxr-xr-x'
    assert modes['/etc/mongod.conf'] == modes['/usr/lib/systemd/system/mongod.service'] == '-rw-r--r--'
    assert {'/var/lib/mongodb/', '/var/log/mongodb/'} <= modes.keys()
    assert not [path for path in modes if '__pycache__' in path or 'test' in path]
    assert _told('dpkg-deb', '--info', built[0], 'conffiles') == '/etc/mongod.conf\n'


def test_it_neither_enables_nor_starts_the_unit(built: list[Path]) -> None:
    script = _told('dpkg-deb', '--info', built[0], 'postinst')
    assert 'useradd --system' in script
    assert not [
        word for word in ('enable', 'start ', 'restart', 'deb-systemd') if word in script.partition('set -e')[2]
    ]


def test_a_damaged_ferretdb_is_not_packed(tmp_path: Path) -> None:
    # Without a way to get Go, so that nothing is compiled here.
    copy = tmp_path / KEPT.name
    copy.mkdir()
    for path in KEPT.iterdir():
        (copy / path.name).write_bytes(path.read_bytes() + (b'x' if path.name == 'ferretdb' else b''))
    environment = {**os.environ, 'BOXHOUND_GO': str(tmp_path), 'BOXHOUND_WHEELS': str(tmp_path / 'none')}
    environment |= {'PIP_NO_INDEX': '1', 'PIP_FIND_LINKS': ''}
    command = [str(HERE.parent / 'build.sh'), str(tmp_path / 'out')]
    done = subprocess.run(command, env=environment, text=True, capture_output=True)
    assert done.returncode == 1
    assert 'could not be downloaded' in done.stderr
    assert not list((tmp_path / 'out').glob('*.deb'))

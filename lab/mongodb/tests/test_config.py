"""mongod.conf."""

import os
from pathlib import Path

import pytest

from lab_mongodb.config import Config, ConfigError, check_key_file, parse

LOGGED = 'systemLog:\n  destination: file\n  path: /l\n'


def test_the_packaged_configuration() -> None:
    text = (Path(__file__).parent.parent / 'debian' / 'mongod.conf').read_text()
    found = parse(text, '/etc/mongod.conf')
    assert found.db_path == Path('/var/lib/mongodb')
    assert found.log_path == Path('/var/log/mongodb/mongod.log')
    assert (found.port, found.addresses) == (27017, ('127.0.0.1',))
    assert (found.log_append, found.log_rename, found.authorization) == (True, True, False)
    assert found.umask == 0o077
    assert found.parsed['config'] == '/etc/mongod.conf'
    assert found.parsed['net'] == {'port': 27017, 'bindIp': '127.0.0.1'}


def test_what_a_layer_sets() -> None:
    text = """
systemLog: # below
  destination: file
  path: "/var/log/mongodb/mongod.log"
  logAppend: true
  logRotate: reopen
net:
    port: 27018
    bindIp: 127.0.0.1, ::1
security:
  authorization: enabled
  keyFile: '/etc/key'
replication:
  replSetName: rs0
setParameter:
  processUmask: "027"
  enableLocalhostAuthBypass: false
"""
    found = parse(text)
    assert found.log_path == Path('/var/log/mongodb/mongod.log')
    assert not found.log_rename
    assert found.addresses == ('127.0.0.1', '::1')
    assert (found.authorization, found.key_file, found.replica_set) == (True, Path('/etc/key'), 'rs0')
    assert (found.umask, found.localhost_exception) == (0o027, False)


def test_nothing_is_a_configuration_too() -> None:
    assert parse('# nothing\n\nsecurity:\n') == Config(db_path=Path('/data/db'), parsed={})


def test_a_key_file_means_authorization() -> None:
    assert parse('security:\n  keyFile: /k\n').authorization
    assert not parse('security:\n  keyFile: /k\n  authorization: disabled\n').authorization


def test_the_umask_of_the_system() -> None:
    before = os.umask(0o026)
    try:
        assert parse('setParameter:\n  honorSystemUmask: true\n').umask == 0o026
    finally:
        os.umask(before)


@pytest.mark.parametrize(
    ('text', 'said'),
    [
        ('net:\n  prot: 1\n', 'Unrecognized option: net.prot'),
        ('net:\n  port: many\n', 'Bad value for net.port'),
        ('net:\n  port: true\n', 'Bad value for net.port'),
        ('net:\n  port: 70000\n', 'Bad value for net.port'),
        ('net:\n  tls:\n    mode: requireTLS\n', 'the lab has no option net.tls.mode'),
        ('security:\n  authorization: maybe\n', 'enabled or disabled'),
        ('security:\n  javascriptEnabled: false\n', 'the lab has no option'),
        ('processManagement:\n  fork: true\n', 'Bad value for processManagement.fork'),
        ('systemLog:\n  path: /l\n', 'need each other'),
        ('systemLog:\n  destination: syslog\n', 'Bad value for systemLog.destination'),
        (f'{LOGGED}  logRotate: reopen\n', 'needs logAppend'),
        ('replication:\n  replSetName: a\nsecurity:\n  authorization: enabled\n', 'security.keyFile is required'),
        ('setParameter:\n  processUmask: "9"\n', 'octal'),
        ('setParameter:\n  processUmask: "027"\n  honorSystemUmask: true\n', 'exclude each other'),
        ('net:\n port: 1\n  bindIp: x\n', 'line 3: indentation'),
        ('net:\n  port: 1\n  port: 2\n', 'line 3: key port twice'),
        ('- a\n', 'line 1'),
        ('net:\n  bindIp: [a, b]\n', 'line 2: only maps'),
        ('net:\n\tport: 1\n', 'line 2'),
    ],
)
def test_what_the_server_does_not_start_with(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        parse(text)
    assert caught.value.code == 2


@pytest.mark.parametrize(
    ('mode', 'text', 'said'),
    [
        (0o640, 'a2V5a2V5', 'permissions on .* are too open'),
        (0o404, 'a2V5a2V5', 'permissions on .* are too open'),
        (0o600, 'short', 'base64'),
        (0o600, 'no base64, this', 'base64'),
        (0o600, 'x' * 1025, 'base64'),
        (None, '', 'No such file'),
    ],
)
def test_a_key_that_is_refused(tmp_path: Path, mode: int | None, text: str, said: str) -> None:
    path = tmp_path / 'key'
    if mode is not None:
        path.write_text(text)
        path.chmod(mode)
    with pytest.raises(ConfigError, match=said) as caught:
        check_key_file(path)
    assert caught.value.code == 1


@pytest.mark.parametrize('mode', [0o400, 0o600])
def test_a_key_that_is_taken(tmp_path: Path, mode: int) -> None:
    path = tmp_path / 'key'
    path.write_text('a2V5\na2V5\n')
    path.chmod(mode)
    check_key_file(path)

"""The process: start and end, files, signals, and edge cases of the protocol."""

import contextlib
import os
import signal
import socket
import stat
import struct
import subprocess
import threading
from pathlib import Path
from typing import Any

import bson
import pytest
from pymongo import WriteConcern
from pymongo.errors import AutoReconnect, OperationFailure

from mongod import FAKE, HERE, PASSWORD, Mongod, running, until


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _child(mongod: Mongod) -> int:
    (found,) = Path(f'/proc/{mongod.process.pid}/task/{mongod.process.pid}/children').read_text().split()
    return int(found)


def _is_running(pid: int) -> bool:
    try:
        return Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[0] != 'Z'
    except OSError:
        return False


def test_it_ends_as_told_and_takes_ferretdb_along(fresh: Mongod) -> None:
    child = _child(fresh.start())
    assert fresh.stop() == 0
    assert not _is_running(child)
    assert [line['msg'] for line in fresh.log()[-2:]] == ['Received signal', 'Shutting down']


def test_ferretdb_does_not_outlive_it(fresh: Mongod) -> None:
    child = _child(fresh.start())
    fresh.stop(signal.SIGKILL)
    until(lambda: not _is_running(child), 'FerretDB ends too')


def test_it_does_not_outlive_ferretdb(fresh: Mongod) -> None:
    os.kill(_child(fresh.start()), signal.SIGKILL)
    assert fresh.process.wait(60) == 14
    assert 'FerretDB' in fresh.log()[-2]['attr']['error']


def test_both_may_be_told_to_end(fresh: Mongod) -> None:
    child = _child(fresh.start())
    os.kill(child, signal.SIGTERM)
    until(lambda: not _is_running(child), 'FerretDB ends first')
    assert fresh.stop() == 0


def test_both_may_be_told_to_rotate(fresh: Mongod) -> None:
    child = _child(fresh.start())
    os.kill(child, signal.SIGUSR1)
    fresh.process.send_signal(signal.SIGUSR1)
    until(lambda: len(list(fresh.folder.glob('mongod.log.*'))) == 1, 'the old log')
    assert fresh.connect().admin.command('ping')['ok'] == 1
    assert _is_running(child)


def test_a_command_ends_it(fresh: Mongod) -> None:
    client = fresh.start().first_user().connect('root')
    with contextlib.suppress(AutoReconnect):
        client.admin.command('shutdown')
    assert fresh.process.wait(60) == 0


def test_one_server_to_a_folder(fresh: Mongod) -> None:
    fresh.start()
    second = fresh.spawn()
    assert 'DBPathInUse' in second.communicate(timeout=60)[1]
    assert second.returncode == 100


def test_one_server_to_a_port(fresh: Mongod) -> None:
    with socket.create_server(('127.0.0.1', fresh.port)):
        process = fresh.spawn()
        assert 'Failed to set up listener' in process.communicate(timeout=60)[1]
    assert process.returncode == 48


def test_a_folder_that_is_not_there(fresh: Mongod) -> None:
    fresh.data.rmdir()
    process = fresh.spawn()
    assert 'NonExistentPath' in process.communicate(timeout=60)[1]
    assert process.returncode == 100


def test_an_option_that_is_not_known(fresh: Mongod) -> None:
    fresh.options['net.prot'] = 1
    process = fresh.spawn()
    assert 'Unrecognized option: net.prot' in process.communicate(timeout=60)[1]
    assert process.returncode == 2
    assert not fresh.log_path.exists()


def test_the_version() -> None:
    command = ['python3', '-IS', str(HERE.parent / 'bin' / 'mongod'), '--version']
    environment = {'PATH': os.environ['PATH'], 'LAB_MONGODB_SOURCE': str(HERE.parent / 'src')}
    told = subprocess.run(command, env=environment, text=True, capture_output=True, check=True).stdout
    assert told.startswith('db version v8.0.0')
    assert 'It is not MongoDB' in ' '.join(told.split())


def test_files_are_private_unless_the_configuration_says_otherwise(fresh: Mongod) -> None:
    fresh.start().first_user()
    fresh.connect('root').shop.things.insert_one({})
    assert _mode(fresh.log_path) == 0o600
    for path in fresh.data.rglob('*'):
        assert _mode(path) & 0o077 == 0, path
    fresh.stop()
    fresh.log_path.unlink()
    fresh.options['setParameter.processUmask'] = '"027"'
    fresh.start().add_user('second')
    assert _mode(fresh.log_path) == 0o640
    assert _mode(fresh.data / 'users.bson') == 0o600


def test_a_signal_begins_a_new_log(fresh: Mongod) -> None:
    fresh.start().process.send_signal(signal.SIGUSR1)
    until(lambda: len(list(fresh.folder.glob('mongod.log.*'))) == 1, 'the old log')
    (old,) = fresh.folder.glob('mongod.log.2*')
    until(fresh.log_path.exists, 'the new log')
    assert 'Log rotation initiated' in old.read_text()
    assert _mode(fresh.log_path) == 0o600
    fresh.connect().admin.command('ping')
    until(lambda: fresh.count('Connection accepted') > 0, 'goes on in the new log')
    assert 'Connection accepted' not in old.read_text()


def test_a_signal_opens_the_log_again(fresh: Mongod) -> None:
    fresh.options['systemLog.logRotate'] = 'reopen'
    fresh.start()
    # Like logrotate: moved, then recreated with another mode.
    moved = fresh.folder / 'moved.log'
    fresh.log_path.rename(moved)
    fresh.log_path.touch(0o640)
    fresh.log_path.chmod(0o640)
    fresh.process.send_signal(signal.SIGUSR1)
    until(lambda: 'Log rotation initiated' in moved.read_text(), 'told')
    fresh.connect().admin.command('ping')
    until(lambda: fresh.count('Connection accepted') > 0, 'goes on in the new log')
    assert _mode(fresh.log_path) == 0o640
    assert list(fresh.folder.glob('mongod.log*')) == [fresh.log_path]


def test_a_command_rotates_too(fresh: Mongod) -> None:
    fresh.start().first_user().connect('root').admin.command('logRotate')
    assert len(list(fresh.folder.glob('mongod.log.*'))) == 1


def test_ferretdb_listens_on_its_socket_alone(fresh: Mongod) -> None:
    child = _child(fresh.start())
    opened = [str(path.readlink()) for path in Path(f'/proc/{child}/fd').iterdir()]
    inodes = {name[8:-1] for name in opened if name.startswith('socket:')}
    assert inodes
    for table in ('tcp', 'tcp6', 'udp', 'udp6'):
        assert not {line.split()[9] for line in Path(f'/proc/net/{table}').read_text().splitlines()[1:]} & inodes
    assert _mode(fresh.data / 'ferretdb') == 0o700


def test_ferretdb_is_left_with_the_client(fresh: Mongod) -> None:
    child = _child(fresh.start().first_user())

    def sockets() -> int:
        opened = [str(path.readlink()) for path in Path(f'/proc/{child}/fd').iterdir()]
        return sum(name.startswith('socket:') for name in opened)

    before = sockets()
    client = fresh.connect('root')
    client.shop.things.find_one()
    assert sockets() > before
    client.close()
    until(lambda: sockets() == before, 'the connection to FerretDB ends')


def _message(opcode: int, content: bytes) -> bytes:
    return struct.pack('<iiii', len(content) + 16, 1, 0, opcode) + content


def _query(command: dict[str, Any]) -> bytes:
    return _message(2004, struct.pack('<i', 0) + b'admin.$cmd\0' + struct.pack('<ii', 0, -1) + bson.encode(command))


def _asked(mongod: Mongod, data: bytes) -> bytes:
    with socket.create_connection(('127.0.0.1', mongod.port), 60) as one:
        one.sendall(data)
        one.shutdown(socket.SHUT_WR)
        return b''.join(iter(lambda: one.recv(65536), b''))


def test_the_hello_of_old_drivers(shared: Mongod) -> None:
    answer = _asked(shared, _query({'ismaster': 1, 'helloOk': True}))
    assert struct.unpack_from('<iiii', answer)[3] == 1
    found = bson.decode(answer[36:])
    assert found['ismaster'] is True
    assert found['helloOk'] is True
    assert (found['minWireVersion'], found['maxWireVersion']) == (0, 25)


def test_other_commands_of_old_drivers_are_refused(shared: Mongod) -> None:
    found = bson.decode(_asked(shared, _query({'serverStatus': 1}))[36:])
    assert (found['code'], found['codeName']) == (352, 'UnsupportedOpQueryCommand')


@pytest.mark.parametrize(
    'data',
    [
        b'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
        _message(2012, b'\0' * 20),
        _message(2013, b''),
        _message(2013, b'\0\0\0\0' + b'\0' + b'\xff\xff\xff\x7f'),
        _message(2013, b'\0\0\0\0' + b'\7' + bson.encode({'ping': 1})),
        _message(2013, b'\x04\0\0\0' + b'\0' + bson.encode({'ping': 1})),
        _message(2013, b'\0\0\0\0' + b'\1' + struct.pack('<i', 10) + b'abcdef'),
        _message(2013, b'\0\0\0\0' + b'\1' + struct.pack('<i', -1) + b'abcdef'),
        struct.pack('<iiii', 2**31 - 1, 1, 0, 2013),
        struct.pack('<iiii', 3, 1, 0, 2013),
    ],
)
def test_nonsense_ends_its_connection_and_no_other(shared: Mongod, data: bytes) -> None:
    before = shared.connect('root')
    before.admin.command('ping')
    assert _asked(shared, data) == b''
    assert before.admin.command('ping')['ok'] == 1


def test_writes_that_want_no_answer(shared: Mongod) -> None:
    client = shared.connect('root', maxPoolSize=1)
    client.get_database('shop', write_concern=WriteConcern(w=0)).unheard.insert_one({'a': 1})
    assert client.shop.unheard.find_one()['a'] == 1


def test_a_nested_document_that_is_damaged_is_the_clients_mistake(backend: Path) -> None:
    body = bson.encode({'createUser': 'x', 'pwd': PASSWORD, 'roles': [1], '$db': 'admin'})
    damaged = body.replace(b'\x10' + b'0\0\1', b'\x77' + b'0\0\1')
    assert damaged != body
    with running(backend, **{'security.authorization': 'disabled'}) as mongod:
        found = bson.decode(_asked(mongod, _message(2013, b'\0\0\0\0\0' + damaged))[21:])
        assert (found['code'], found['codeName']) == (22, 'InvalidBSON')
        assert mongod.count('Mistake in the lab') == 0


def test_clients_do_not_wait_for_each_other(shared: Mongod, backend: Path) -> None:
    if backend != FAKE:
        pytest.skip('no collection of a real FerretDB is slow by its name')
    root = shared.connect('root')
    reading = threading.Thread(target=lambda: shared.connect('root').shop.slow.find_one())
    reading.start()
    seen: list[Any] = []

    def is_seen() -> bool:
        seen.extend(one for one in root.admin.command('currentOp')['inprog'] if one['ns'] == 'shop.slow')
        return bool(seen) or not reading.is_alive()

    until(is_seen, 'the other client at work')
    reading.join()
    assert (seen[0]['op'], seen[0]['active']) == ('query', True)
    assert [line for line in shared.log() if line['id'] == 51803 and line['attr']['ns'] == 'shop.slow']


def test_names_of_commands_may_not_be_guessed(shared: Mongod) -> None:
    with pytest.raises(OperationFailure, match="no such command: 'debugError'"):
        shared.connect('root').admin.command('debugError')

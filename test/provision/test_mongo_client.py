"""What mongo-client makes of its lines, with a driver that answers from a table."""

import io
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest
from pymongo.errors import OperationFailure, ServerSelectionTimeoutError

PATH = Path(__file__).parents[2] / 'provision/30-database/mongodb/root/usr/lib/boxhound/mongo-client'

ANSWERS = {
    'connectionStatus': {
        'authInfo': {'authenticatedUserRoles': [{'role': 'read', 'db': 'local'}, {'db': 'admin', 'role': 'root'}]}
    },
    'getCmdLineOpts': {'parsed': {'security': {'authorization': 'enabled'}}, 'argv': ['mongod']},
    'hello': {'isWritablePrimary': True},
    'ping': {'ok': 1.0},
}
CODES = {13: 'Unauthorized', 76: 'NoReplicationEnabled'}


def refusal(code: int, message: str) -> OperationFailure:
    return OperationFailure(message, code, {'ok': 0.0, 'errmsg': message, 'code': code, 'codeName': CODES[code]})


class Database:
    def __init__(self, name: str, seen: list):
        self.name, self.seen = name, seen

    def command(self, command):
        name = command if isinstance(command, str) else next(iter(command))
        self.seen.append((self.name, command))
        if name == 'replSetGetStatus':
            raise refusal(76, 'not running with --replSet')
        if name not in ANSWERS:
            raise refusal(13, f'not authorized on {self.name} to execute command {name}')
        return ANSWERS[name]


class Client:
    """In place of the driver's."""

    made: dict
    seen: list
    error: Exception | None = None

    def __init__(self, **options):
        Client.made, Client.seen = options, []
        self.admin = Database('admin', [])
        if Client.error is not None:
            error = Client.error
            self.admin.command = lambda _: (_ for _ in ()).throw(error)

    def __getitem__(self, name):
        return Database(name, Client.seen)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


@pytest.fixture
def client(monkeypatch):
    loader = SourceFileLoader('mongo_client', str(PATH))
    module = module_from_spec(spec_from_loader('mongo_client', loader))
    monkeypatch.setattr(sys, 'dont_write_bytecode', True)
    loader.exec_module(module)
    monkeypatch.setattr(module, 'MongoClient', Client)
    monkeypatch.setattr(Client, 'error', None)
    return module


@pytest.fixture
def run(client, monkeypatch, capsys):
    def with_lines(*lines: str, arguments: tuple[str, ...] = ('127.0.0.1', '27017', 'datadog')):
        monkeypatch.setattr(sys, 'argv', ['mongo-client', *arguments])
        monkeypatch.setattr(sys, 'stdin', io.StringIO(''.join(f'{line}\n' for line in lines)))
        status = client.main()
        said = capsys.readouterr()
        return status, said.out, said.err

    return with_lines


def test_a_command_is_run_on_its_database_with_its_fields_in_order(run):
    status, out, err = run('admin {"hello": 1, "comment": {"b": 1, "a": {"$numberLong": "5"}}}')
    assert (status, err) == (0, '')
    ((database, command),) = Client.seen
    assert (database, list(command), list(command['comment'])) == ('admin', ['hello', 'comment'], ['b', 'a'])
    assert out == '{"isWritablePrimary": true}\n'


def test_a_path_takes_a_part_and_a_list_gives_a_row_for_each_item(run):
    _, out, _ = run('admin {"connectionStatus": 1} | authInfo.authenticatedUserRoles')
    assert out == '{"db": "local", "role": "read"}\n{"db": "admin", "role": "root"}\n'
    _, out, _ = run('admin {"connectionStatus": 1} | authInfo.authenticatedUserRoles.1.role')
    assert out == 'root\n'
    _, out, _ = run('admin {"getCmdLineOpts": 1} | parsed.security.authorization')
    assert out == 'enabled\n'
    _, out, err = run('admin {"getCmdLineOpts": 1} | parsed.net.bindIp', 'admin {"getCmdLineOpts": 1} | argv.7')
    assert (out, err) == ('', '')


def test_marks_stand_before_the_rows_of_their_statement(run):
    _, out, _ = run('print one', 'admin {"ping": 1} | ok', 'print two')
    assert out == 'one\n1.0\ntwo\n'


def test_an_error_is_told_with_its_line_and_what_follows_is_run(run):
    status, out, err = run('print one', 'shop {"insert": "a", "documents": []}', 'admin {"ping": 1} | ok')
    assert (status, out) == (1, 'one\n1.0\n')
    assert err == 'line 2: Unauthorized: not authorized on shop to execute command insert\n'


def test_an_error_that_is_excused_by_its_name_is_none(run):
    status, out, err = run('admin {"replSetGetStatus": 1} | ok or NoReplicationEnabled')
    assert (status, out, err) == (0, 'NoReplicationEnabled\n', '')
    status, _, err = run('admin {"replSetGetStatus": 1} or Unauthorized')
    assert (status, err) == (1, 'line 1: NoReplicationEnabled: not running with --replSet\n')


@pytest.mark.parametrize(
    'line',
    [
        'admin',
        'admin hello',
        'admin {"createUser": "a", "pwd": "s3cret"',
        'admin {"createUser": "a", "pwd": "s3cret"} more',
        'admin ["s3cret"]',
        '{"pwd": "s3cret"}',
        'ad.min {"pwd": "s3cret"}',
        'admin {"pwd": {"$oid": "s3cret"}}',
    ],
)
def test_a_line_that_is_not_understood_is_told_without_its_text(run, line):
    status, out, err = run(line)
    assert (status, out) == (1, '')
    assert err.startswith('line 1: LineError: ')
    assert 's3cret' not in err
    assert Client.seen == []


def test_the_login_is_of_the_environment_and_against_admin(run, monkeypatch):
    monkeypatch.setenv('BOXHOUND_MONGO_PASSWORD', 's3cret')
    run()
    assert (Client.made['host'], Client.made['port'], Client.made['directConnection']) == ('127.0.0.1', 27017, True)
    login = [Client.made[name] for name in ('username', 'password', 'authSource')]
    assert login == ['datadog', 's3cret', 'admin']
    run(arguments=('127.0.0.1', '27017'))
    assert 'username' not in Client.made


def test_a_failed_login_is_told_before_any_line_is_run(run):
    Client.error = refusal(13, 'Authentication failed.')
    status, out, err = run('print one')
    assert (status, out, err) == (1, '', 'Unauthorized: Authentication failed.\n')
    Client.error = ServerSelectionTimeoutError('127.0.0.1:1: refused')
    assert run('print one')[2] == 'ServerSelectionTimeoutError: 127.0.0.1:1: refused\n'


def test_wrong_usage_ends_with_2(run):
    assert run(arguments=('127.0.0.1',))[0] == 2
    assert run(arguments=('127.0.0.1', 'port'))[0] == 2

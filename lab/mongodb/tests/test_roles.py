"""The table of roles: each allows what it should and nothing else, tested with pymongo like any client."""

from collections.abc import Callable
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from lab_mongodb import access
from lab_mongodb.commands import HANDLERS
from lab_mongodb.roles import ADMIN_ROLES, DATABASE_ROLES
from mongod import PASSWORD, Mongod

Client = MongoClient[dict[str, Any]]

TRIALS: dict[str, Callable[[Client], object]] = {
    'read': lambda client: client.shop.things.find_one({}),
    'write': lambda client: client.shop.things.insert_one({'a': 1}),
    'index': lambda client: client.shop.things.create_index('a'),
    'read elsewhere': lambda client: client.other.things.find_one({}),
    'write elsewhere': lambda client: client.other.things.insert_one({'a': 1}),
    'read local': lambda client: client.local.startup_log.find_one({}),
    'write admin': lambda client: client.admin.things.insert_one({'a': 1}),
    'read users': lambda client: client.admin['system.users'].find_one({}),
    'make users': lambda client: client.shop.command('createUser', 'x', pwd=PASSWORD, roles=[]),
    'show users': lambda client: client.shop.command('usersInfo', 1),
    'database statistics': lambda client: client.shop.command('dbStats'),
    'collection statistics': lambda client: client.shop.command('collStats', 'things'),
    'status': lambda client: client.admin.command('serverStatus'),
    'others at work': lambda client: list(client.admin.aggregate([{'$currentOp': {'allUsers': True}}])),
    'options': lambda client: client.admin.command('getCmdLineOpts'),
    'top': lambda client: client.admin.command('top'),
    'log': lambda client: client.admin.command('getLog', 'global'),
    'replica set status': lambda client: client.admin.command('replSetGetStatus'),
    'replica set': lambda client: client.admin.command('replSetInitiate', {}),
    'rotate': lambda client: client.admin.command('logRotate'),
    'drop': lambda client: client.shop.drop_collection('nothing'),
    'drop all': lambda client: client.drop_database('nothing'),
}

STATISTICS = {'database statistics', 'collection statistics'}
MONITOR = STATISTICS | {'read local', 'status', 'others at work', 'options', 'top', 'log', 'replica set status'}
USERS = {'make users', 'show users'}
READ = {'read', *STATISTICS}
READ_WRITE = READ | {'write', 'index', 'drop'}
ADMIN = STATISTICS | {'index', 'drop'}
ALLOWED: dict[tuple[str, str], set[str]] = {
    ('read', 'shop'): READ,
    ('readWrite', 'shop'): READ_WRITE,
    ('dbAdmin', 'shop'): ADMIN,
    ('userAdmin', 'shop'): USERS,
    ('dbOwner', 'shop'): READ_WRITE | USERS,
    ('read', 'admin'): set(),
    ('read', 'local'): {'read local'},
    ('readWrite', 'admin'): {'write admin'},
    ('readAnyDatabase', 'admin'): READ | {'read elsewhere'},
    ('readWriteAnyDatabase', 'admin'): READ_WRITE | {'read elsewhere', 'write elsewhere', 'write admin'},
    ('dbAdminAnyDatabase', 'admin'): ADMIN | {'drop all'},
    ('userAdminAnyDatabase', 'admin'): USERS | {'read users'},
    ('clusterMonitor', 'admin'): MONITOR,
    ('clusterManager', 'admin'): {'read local', 'replica set status', 'replica set'},
    ('hostManager', 'admin'): {'rotate'},
    ('clusterAdmin', 'admin'): MONITOR | {'replica set', 'rotate', 'drop all'},
    ('root', 'admin'): set(TRIALS),
}


def test_every_role_is_tried() -> None:
    assert {role for role, _ in ALLOWED} == {*DATABASE_ROLES, *ADMIN_ROLES}


def test_every_command_has_rights_of_its_own() -> None:
    ruled = {*access.ON_COLLECTION, *access.ON_DATABASE, *access.ON_CLUSTER, *access.ANY_USER, *access.OPEN}
    assert HANDLERS.keys() == ruled | access.SPECIAL.keys()


def tried(client: Client, what: str) -> bool:
    """Whether something was allowed, regardless of whether it then worked."""
    try:
        TRIALS[what](client)
    except OperationFailure as error:
        assert error.code in (13, 26, 76, 51003), error
        if error.code == 13:
            assert 'not authorized on' in str(error), error
            assert error.details and error.details['codeName'] == 'Unauthorized'
        return error.code != 13
    return True


@pytest.mark.parametrize(('role', 'database'), ALLOWED)
def test_a_role_is_allowed_what_it_should_be_and_nothing_else(shared: Mongod, role: str, database: str) -> None:
    name = f'{role}-{database}'
    shared.add_user(name, {'role': role, 'db': database})
    client = shared.connect(name)
    assert {what for what in TRIALS if tried(client, what)} == ALLOWED[role, database]


def test_the_agents_user(shared: Mongod) -> None:
    roles = [
        {'role': 'read', 'db': 'admin'},
        {'role': 'clusterMonitor', 'db': 'admin'},
        {'role': 'read', 'db': 'local'},
    ]
    shared.add_user('datadog', *roles)
    client = shared.connect('datadog')
    assert {what for what in TRIALS if tried(client, what)} == MONITOR
    status = client.admin.command('connectionStatus', showPrivileges=True)['authInfo']
    assert status['authenticatedUsers'] == [{'user': 'datadog', 'db': 'admin'}]
    assert status['authenticatedUserRoles'] == roles
    assert any('serverStatus' in item['actions'] for item in status['authenticatedUserPrivileges'])


def test_a_user_without_roles(shared: Mongod) -> None:
    shared.add_user('nobody')
    client = shared.connect('nobody')
    assert not [what for what in TRIALS if tried(client, what)]
    assert client.list_database_names() == []
    # Users may look at themselves.
    assert client.admin.command('usersInfo', 'nobody')['users'][0]['user'] == 'nobody'
    assert tried(client, 'others at work') is False
    assert list(client.admin.aggregate([{'$currentOp': {}}]))


def test_databases_are_listed_by_rights(shared: Mongod) -> None:
    shared.connect('root').shop.things.insert_one({})
    shared.add_user('reader', {'role': 'read', 'db': 'shop'})
    assert shared.connect('reader').list_database_names() == ['shop']
    assert {'admin', 'config', 'local', 'shop'} <= set(shared.connect('root').list_database_names())


@pytest.mark.parametrize(
    ('command', 'needed'),
    [
        ({'update': 'things', 'updates': [{'q': {}, 'u': {'$set': {'a': 1}}, 'upsert': True}]}, 'insert'),
        ({'findAndModify': 'things', 'query': {}, 'remove': True}, 'remove'),
        ({'renameCollection': 'shop.things', 'to': 'shop.others'}, 'rename'),
        ({'explain': {'delete': 'things', 'deletes': []}}, 'remove'),
        ({'aggregate': 'things', 'pipeline': [{'$indexStats': {}}], 'cursor': {}}, 'indexStats'),
        ({'profile': -1}, 'find'),
    ],
)
def test_commands_whose_rights_depend_on_what_they_say(shared: Mongod, command: dict[str, Any], needed: str) -> None:
    name = f'reader-{needed}-{next(iter(command))}'
    shared.add_user(name, {'role': 'read', 'db': 'shop'})
    with pytest.raises(OperationFailure, match='not authorized on shop') as caught:
        shared.connect(name).shop.command(command)
    assert caught.value.code == 13


def test_a_cursor_is_read_on_by_its_owner_only(shared: Mongod) -> None:
    root = shared.connect('root')
    root.shop.many.insert_many([{} for _ in range(5)])
    for name in ('owner', 'other'):
        shared.add_user(name, {'role': 'read', 'db': 'shop'})
    opened = shared.connect('owner').shop.command('find', 'many', batchSize=1)['cursor']['id']
    assert opened
    for command in ({'getMore': opened, 'collection': 'many'}, {'killCursors': 'many', 'cursors': [opened]}):
        with pytest.raises(OperationFailure, match='not authorized on shop'):
            shared.connect('other').shop.command(command)
    rest = shared.connect('owner').shop.command({'getMore': opened, 'collection': 'many'})['cursor']['nextBatch']
    assert len(rest) == 4

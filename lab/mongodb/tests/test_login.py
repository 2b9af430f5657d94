"""Logins, the localhost exception, and commands on users."""

import stat
from typing import Any

import bson
import pytest
from pymongo.errors import OperationFailure

from mongod import PASSWORD, Mongod, running


def test_the_localhost_exception_ends_with_the_first_user(fresh: Mongod) -> None:
    client = fresh.start().connect()
    assert client.admin.command('ping')['ok'] == 1
    for command, database in [
        ({'insert': 'things', 'documents': [{}]}, 'shop'),
        ({'find': 'system.users'}, 'admin'),
        ({'listDatabases': 1}, 'admin'),
        ({'serverStatus': 1}, 'admin'),
        ({'createUser': 'a', 'pwd': PASSWORD, 'roles': []}, 'shop'),
        ({'createUser': 'a', 'pwd': PASSWORD, 'roles': [{'role': 'read', 'db': 'shop'}]}, 'admin'),
    ]:
        with pytest.raises(OperationFailure, match=f'not authorized on {database}') as caught:
            client[database].command(command)
        assert caught.value.code == 13
    client.admin.command('createUser', 'root', pwd=PASSWORD, roles=['root'])
    with pytest.raises(OperationFailure, match='Command createUser requires authentication') as caught:
        client.admin.command('createUser', 'second', pwd=PASSWORD, roles=['root'])
    assert (caught.value.code, caught.value.details['codeName']) == (13, 'Unauthorized')


def test_without_the_exception_nobody_gets_in(backend: Any) -> None:
    refused = pytest.raises(OperationFailure, match='Command createUser requires authentication')
    with running(backend, **{'setParameter.enableLocalhostAuthBypass': False}) as mongod, refused:
        mongod.first_user()


def test_without_authorization_anybody_does_anything(backend: Any) -> None:
    with running(backend, **{'security.authorization': 'disabled'}) as mongod:
        mongod.first_user().connect().shop.things.insert_one({})
        assert mongod.connect().admin.command('usersInfo', 1)['users'][0]['user'] == 'root'
        assert mongod.count('Access control is not enabled for the database. Anybody may read and write all data') == 1


def test_what_needs_no_login(shared: Mongod) -> None:
    client = shared.connect()
    assert client.server_info()['version'] == '8.0.0'
    assert client.admin.command('hello')['isWritablePrimary']
    assert client.admin.command('connectionStatus')['authInfo']['authenticatedUsers'] == []
    for command in ('find', 'serverStatus', 'listDatabases', 'usersInfo', 'shutdown', 'replSetInitiate'):
        with pytest.raises(OperationFailure, match=f'^Command {command} requires authentication'):
            client.admin.command(command, 1)


@pytest.mark.parametrize(('user', 'password'), [('root', 'wrong'), ('nobody', PASSWORD), ('root', PASSWORD + 'x')])
def test_a_wrong_login(shared: Mongod, user: str, password: str) -> None:
    with pytest.raises(OperationFailure, match=r'^Authentication failed\.') as caught:
        shared.connect(user, password).shop.things.find_one()
    assert (caught.value.code, caught.value.details['codeName']) == (18, 'AuthenticationFailed')


def test_a_user_of_another_database_is_another_user(shared: Mongod) -> None:
    root = shared.connect('root')
    root.shop.command('createUser', 'clerk', pwd=PASSWORD, roles=['readWrite'])
    shared.connect('clerk', authSource='shop').shop.things.insert_one({})
    with pytest.raises(OperationFailure, match='Authentication failed'):
        shared.connect('clerk').shop.things.insert_one({})


def test_sha_1_is_not_enabled(shared: Mongod) -> None:
    with pytest.raises(OperationFailure, match='mechanism SCRAM-SHA-1 which is not enabled') as caught:
        shared.connect('root', authMechanism='SCRAM-SHA-1').admin.command('ping')
    assert caught.value.code == 334


def test_logout(shared: Mongod) -> None:
    client = shared.connect('root', maxPoolSize=1)
    client.admin.command('serverStatus')
    client.admin.command('logout')
    with pytest.raises(OperationFailure, match='requires authentication'):
        client.admin.command('serverStatus')


def test_a_password_with_other_letters(shared: Mongod) -> None:
    shared.connect('root').admin.command('createUser', 'größe', pwd='Ⅸ,=ß', roles=['root'])
    assert shared.connect('größe', 'IX,=ß').admin.command('serverStatus')['ok'] == 1


def test_a_users_life(shared: Mongod) -> None:
    admin = shared.connect('root').admin
    admin.command('createUser', 'life', pwd='first', roles=[], customData={'team': 'a', 'since': bson.Int64(1)})
    with pytest.raises(OperationFailure, match='User "life@admin" already exists') as caught:
        admin.command('createUser', 'life', pwd='first', roles=[])
    assert caught.value.code == 51003
    client = shared.connect('life', 'first')
    with pytest.raises(OperationFailure, match='not authorized on shop'):
        client.shop.things.find_one()

    # Changed rights apply from the next command, even on open connections.
    admin.command('grantRolesToUser', 'life', roles=[{'role': 'readWrite', 'db': 'shop'}])
    client.shop.things.find_one()
    admin.command('revokeRolesFromUser', 'life', roles=[{'role': 'readWrite', 'db': 'shop'}])
    with pytest.raises(OperationFailure, match='not authorized on shop'):
        client.shop.things.find_one()

    admin.command('updateUser', 'life', pwd='second', roles=[{'role': 'read', 'db': 'shop'}])
    shared.connect('life', 'second').shop.things.find_one()
    with pytest.raises(OperationFailure, match='Authentication failed'):
        shared.connect('life', 'first').shop.things.find_one()

    (shown,) = admin.command('usersInfo', {'user': 'life', 'db': 'admin'}, showPrivileges=True)['users']
    assert shown['_id'] == 'admin.life'
    assert shown['roles'] == [{'role': 'read', 'db': 'shop'}]
    assert shown['customData'] == {'team': 'a', 'since': 1}
    assert shown['mechanisms'] == ['SCRAM-SHA-256']
    assert 'credentials' not in shown
    assert {'db': 'shop', 'collection': ''} in [item['resource'] for item in shown['inheritedPrivileges']]

    admin.command('dropUser', 'life')
    with pytest.raises(OperationFailure, match='requires authentication'):
        client.shop.things.find_one()
    with pytest.raises(OperationFailure, match="User 'life@admin' not found") as caught:
        admin.command('dropUser', 'life')
    assert caught.value.code == 11


@pytest.mark.parametrize(
    ('command', 'code', 'said'),
    [
        ({'createUser': 'bad', 'pwd': PASSWORD, 'roles': ['owner']}, 31, 'Could not find role: owner@admin'),
        ({'createUser': 'bad', 'pwd': PASSWORD, 'roles': [{'role': 'root', 'db': 'shop'}]}, 31, 'root@shop'),
        ({'createUser': 'bad', 'pwd': PASSWORD}, 40414, 'createUser.roles'),
        ({'createUser': 'bad', 'pwd': '', 'roles': []}, 2, 'empty'),
        ({'createUser': '', 'pwd': PASSWORD, 'roles': []}, 2, 'non-empty'),
        ({'createUser': 'bad', 'roles': []}, 14, 'createUser.pwd'),
        ({'createUser': 'bad', 'pwd': PASSWORD, 'roles': [], 'mechanisms': ['SCRAM-SHA-1']}, 2, 'SCRAM-SHA-256 only'),
        ({'updateUser': 'root'}, 2, 'at least one field'),
        ({'grantRolesToUser': 'nobody', 'roles': ['read']}, 11, 'not found'),
    ],
)
def test_users_that_can_not_be_made(shared: Mongod, command: dict[str, Any], code: int, said: str) -> None:
    with pytest.raises(OperationFailure, match=said) as caught:
        shared.connect('root').admin.command(command)
    assert caught.value.code == code
    assert not shared.connect('root').admin.command('usersInfo', 'bad')['users']


def test_all_users_and_those_of_a_database(shared: Mongod) -> None:
    root = shared.connect('root')
    root.depot.command('createUser', 'one', pwd=PASSWORD, roles=[])
    root.depot.command('createUser', 'two', pwd=PASSWORD, roles=[])
    everybody = {user['_id'] for user in root.admin.command('usersInfo', {'forAllDBs': True})['users']}
    assert {'admin.root', 'depot.one', 'depot.two'} <= everybody
    found = root.admin['system.users'].find({'db': 'depot'})
    assert [user['user'] for user in found] == ['one', 'two']
    assert root.depot.command('dropAllUsersFromDatabase')['n'] == 2
    assert root.depot.command('usersInfo', 1)['users'] == []


def test_a_user_made_anew_is_another_one(shared: Mongod) -> None:
    admin = shared.connect('root').admin
    admin.command('createUser', 'again', pwd='x', roles=['root'])
    client = shared.connect('again', 'x', maxPoolSize=1)
    client.admin.command('serverStatus')
    admin.command('dropUser', 'again')
    admin.command('createUser', 'again', pwd='x', roles=['root'])
    with pytest.raises(OperationFailure, match='requires authentication'):
        client.admin.command('serverStatus')


def test_the_file_of_users_is_private_and_holds_no_password(fresh: Mongod) -> None:
    fresh.start().first_user()
    path = fresh.data / 'users.bson'
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    content = path.read_bytes()
    assert PASSWORD.encode() not in content
    (user,) = bson.decode(content)['users']
    assert user['_id'] == 'admin.root'
    assert user['credentials']['SCRAM-SHA-256']['iterationCount'] == 15000


def test_users_survive_a_restart(fresh: Mongod) -> None:
    fresh.start().first_user()
    assert fresh.stop() == 0
    fresh.start()
    with pytest.raises(OperationFailure, match='requires authentication'):
        fresh.first_user()
    assert fresh.connect('root').admin.command('serverStatus')['ok'] == 1

"""A replica set of one member."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pymongo.errors import NotPrimaryError, OperationFailure

from mongod import Mongod, prepared


@pytest.fixture
def member(backend: Path) -> Iterator[Mongod]:
    with prepared(backend) as mongod:
        key = mongod.folder / 'key'
        key.write_text('a2V5a2V5a2V5\n')
        key.chmod(0o400)
        mongod.options |= {'security.keyFile': key, 'replication.replSetName': 'rs0'}
        yield mongod


def test_a_set_begins_and_lasts(member: Mongod) -> None:
    client = member.start().connect()
    hello = client.admin.command('hello')
    assert (hello['isWritablePrimary'], hello['secondary'], hello['isreplicaset']) == (False, False, True)
    with pytest.raises(OperationFailure, match='no replset config has been received') as caught:
        client.admin.command('replSetGetStatus')
    assert caught.value.code == 94
    with pytest.raises(NotPrimaryError) as refused:
        member.first_user()
    assert refused.value.details['code'] == 10107

    client.admin.command('replSetInitiate', {})
    member.first_user()
    with pytest.raises(OperationFailure, match='requires authentication'):
        client.admin.command('replSetGetStatus')

    def check() -> None:
        root = member.connect('root')
        status = root.admin.command('replSetGetStatus')
        assert (status['set'], status['myState'], len(status['members'])) == ('rs0', 1, 1)
        (itself,) = status['members']
        assert (itself['stateStr'], itself['health'], itself['self']) == ('PRIMARY', 1, True)
        assert itself['name'] == f'127.0.0.1:{member.port}'
        config = root.admin.command('replSetGetConfig')['config']
        assert (config['_id'], config['members'][0]['votes']) == ('rs0', 1)
        assert root.admin.command('serverStatus')['repl']['setName'] == 'rs0'
        hello = root.admin.command('hello')
        assert hello['isWritablePrimary']
        assert hello['primary'] == hello['me'] == hello['hosts'][0] == itself['name']
        with pytest.raises(OperationFailure, match='already initialized') as caught:
            root.admin.command('replSetInitiate', {})
        assert caught.value.code == 23

    check()
    # A driver that discovers the set; its writes have transaction numbers and concerns that FerretDB must not see.
    found = member.connect('root', directConnection=False, replicaSet='rs0', w='majority', journal=True)
    found.shop.things.insert_one({'a': 1})
    assert found.shop.things.find_one()['a'] == 1
    assert member.stop() == 0
    member.start()
    check()


@pytest.mark.parametrize(
    ('config', 'said'),
    [
        ({'_id': 'rs1', 'members': [{'_id': 0, 'host': 'localhost'}]}, 'with name rs1'),
        ({'_id': 'rs0', 'members': [{'_id': 0, 'host': 'a'}, {'_id': 1, 'host': 'b'}]}, 'one member only'),
        ({'_id': 'rs0', 'members': []}, 'one member only'),
        ({'_id': 'rs0', 'members': [{'_id': 0}]}, 'no host'),
    ],
)
def test_sets_that_are_refused(member: Mongod, config: dict[str, object], said: str) -> None:
    client = member.start().connect()
    with pytest.raises(OperationFailure, match=said) as caught:
        client.admin.command('replSetInitiate', config)
    assert caught.value.code == 93


def test_reading_waits_for_the_beginning(backend: Path) -> None:
    options = {'security.authorization': 'disabled', 'replication.replSetName': 'rs0'}
    with prepared(backend, **options) as mongod:
        client = mongod.start().connect()
        with pytest.raises(NotPrimaryError) as caught:
            client.shop.command('find', 'things')
        assert caught.value.details['code'] == 13436
        assert client.admin.command('serverStatus')['repl']['isWritablePrimary'] is False
        client.admin.command('replSetInitiate', {'_id': 'rs0', 'members': [{'_id': 0, 'host': 'localhost'}]})
        assert client.admin.command('hello')['me'] == 'localhost:27017'
        client.shop.command('find', 'things')


def test_a_folder_of_another_set(member: Mongod) -> None:
    member.start().connect().admin.command('replSetInitiate', {})
    member.stop()
    member.options['replication.replSetName'] = 'rs1'
    client = member.start().connect()
    assert not client.admin.command('hello')['isWritablePrimary']
    with pytest.raises(OperationFailure, match='already initialized'):
        client.admin.command('replSetInitiate', {})


def test_without_a_key_it_does_not_start(member: Mongod) -> None:
    del member.options['security.keyFile']
    process = member.spawn()
    assert 'security.keyFile is required' in process.communicate(timeout=60)[1]
    assert process.returncode == 2


def test_with_a_key_that_others_read_it_does_not_start(member: Mongod) -> None:
    (member.folder / 'key').chmod(0o644)
    process = member.spawn()
    assert 'are too open' in process.communicate(timeout=60)[1]
    assert process.returncode == 1
    assert 'are too open' in member.log()[-2]['attr']['error']

"""Data, with a real FerretDB: comes back unchanged, even after a restart."""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bson import Binary, Decimal128, Int64, ObjectId, Regex, Timestamp
from pymongo.errors import OperationFailure

from mongod import REAL, Mongod, running

pytestmark = pytest.mark.skipif(REAL is None, reason='LAB_MONGODB_FERRETDB names no built FerretDB')


@pytest.fixture(scope='module')
def server() -> Iterator[Mongod]:
    with running(Path(str(REAL))) as mongod:
        yield mongod.first_user()


DOCUMENT = {
    '_id': ObjectId('0123456789abcdef01234567'),
    'double': 1.5,
    'text': 'größe',
    'nested': {'a': [1, {'b': Int64(2)}]},
    'binary': b'\0\1',
    'uuid': Binary(b'\7' * 16, 4),
    'date': datetime.datetime(2026, 1, 2, 3, 4, 5, 678000),
    'nothing': None,
    'pattern': Regex('^a', 'i'),
    'time': Timestamp(7, 8),
    'large': 2**40,
}


def test_documents_and_users_survive_a_restart(server: Mongod) -> None:
    server.connect('root').shop.things.insert_one(DOCUMENT)
    assert server.stop() == 0
    server.start()
    assert server.connect('root').shop.things.find_one() == DOCUMENT


def test_a_days_work(server: Mongod) -> None:
    things = server.connect('root').shop.work
    things.insert_many([{'n': number, 'text': 'x' * 1000} for number in range(1000)])
    assert things.count_documents({}) == 1000
    assert len(list(things.find({'n': {'$gte': 10}}, batch_size=100))) == 990
    assert things.update_many({'n': {'$lt': 10}}, {'$set': {'few': True}}).modified_count == 10
    assert things.delete_many({'few': True}).deleted_count == 10
    assert things.find_one_and_update({'n': 20}, {'$set': {'seen': True}})['n'] == 20
    assert sorted(things.distinct('n'))[:2] == [10, 11]
    things.create_index('n')
    assert {index['name'] for index in things.aggregate([{'$indexStats': {}}])} == {'_id_', 'n_1'}
    (grouped,) = things.aggregate([{'$group': {'_id': None, 'total': {'$sum': '$n'}}}])
    assert grouped['total'] == sum(range(10, 1000))
    (statistics,) = things.aggregate([{'$collStats': {'storageStats': {}}}])
    assert statistics['storageStats']['count'] == 990


# What the Agent's integration makes metrics of for a default instance.
STATUS = """
asserts.msg asserts.regular asserts.rollovers asserts.user asserts.warning
connections.available connections.current connections.totalCreated
extra_info.page_faults mem.bits mem.resident mem.virtual
network.bytesIn network.bytesOut network.numRequests
opcounters.command opcounters.delete opcounters.getmore opcounters.insert opcounters.query opcounters.update
uptime
"""
STATISTICS = ('objects', 'collections', 'dataSize', 'indexes', 'indexSize', 'storageSize', 'avgObjSize')


def test_what_the_agent_reads_with_its_three_roles(server: Mongod) -> None:
    roles = [{'role': 'read', 'db': 'admin'}, 'clusterMonitor', {'role': 'read', 'db': 'local'}]
    server.connect('root').admin.command('createUser', 'datadog', pwd='x', roles=roles)
    client = server.connect('datadog', 'x', readPreference='primaryPreferred', appname='datadog-agent')
    assert 'replication' not in client.admin.command('getCmdLineOpts')['parsed']
    status = client.admin.command('serverStatus', tcmalloc=False)
    for name in STATUS.split():
        value: Any = status
        for part in name.split('.'):
            value = value[part]
        assert isinstance(value, int | float), name
    names = client.list_database_names()
    assert {'admin', 'config', 'local', 'shop'} <= set(names)
    for name in names:
        found = client[name].command('dbStats')
        for key in STATISTICS:
            assert isinstance(found[key], int | float), (name, key)
    (operation,) = client.admin.aggregate([{'$currentOp': {}}])
    assert 'fsyncLock' not in operation
    assert client.admin.command('hostInfo')['system']['hostname']
    assert client.admin.command('top')['totals']
    with pytest.raises(OperationFailure, match='not authorized on shop'):
        client.shop.things.find_one()


def test_a_replica_set_has_an_oplog() -> None:
    with running(Path(str(REAL)), **{'security.authorization': 'disabled', 'replication.replSetName': 'rs0'}) as mongod:
        client = mongod.connect()
        client.admin.command('replSetInitiate', {})
        oplog = client.local['oplog.rs']
        assert oplog.options() == {'capped': True, 'size': 128 * 2**20}
        client.shop.things.insert_one({'a': 1})
        (entry,) = oplog.find({'ts': {'$exists': 1}}).sort('$natural', -1).limit(1)
        assert (entry['op'], entry['ns'], entry['o']['a']) == ('i', 'shop.things', 1)


def test_what_ferretdb_refuses_is_told(server: Mongod) -> None:
    things = server.connect('root').shop.refused
    things.insert_one({})
    with pytest.raises(OperationFailure, match=r'\$lookup'):
        list(things.aggregate([{'$lookup': {'from': 'a', 'localField': 'b', 'foreignField': 'c', 'as': 'd'}}]))
    with pytest.raises(OperationFailure):
        things.insert_one({'money': Decimal128('1.50')})

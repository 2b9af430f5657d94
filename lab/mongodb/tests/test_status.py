"""The server's state: counters, options, operations, the log."""

import json
import re
from typing import Any

import pytest
from pymongo.errors import OperationFailure

from mongod import PASSWORD, Mongod, running, until


def test_the_sections_of_the_status(shared: Mongod) -> None:
    status = shared.connect('root').admin.command('serverStatus')
    assert status['process'] == 'mongod'
    assert status['version'] == '8.0.0'
    assert status['pid'] == shared.process.pid
    assert status['uptime'] >= 0
    assert status['uptimeMillis'] > 0
    assert status['mem']['bits'] == 64
    assert 0 < status['mem']['resident'] < status['mem']['virtual']
    assert status['extra_info']['page_faults'] >= 0
    assert status['connections']['current'] >= 1
    assert status['connections']['available'] > 1
    assert set(status['asserts']) == {'regular', 'warning', 'msg', 'user', 'tripwire', 'rollovers'}
    assert status['storageEngine']['name'] == 'ferretdb'
    # FerretDB's own.
    assert 'catalogStats' in status
    assert 'freeMonitoring' not in status
    assert 'repl' not in status


def test_sections_are_left_out_by_name(shared: Mongod) -> None:
    status = shared.connect('root').admin.command('serverStatus', network=0, mem=False, asserts=1)
    assert 'network' not in status
    assert 'mem' not in status
    assert 'asserts' in status


def test_counters_grow_by_what_was_done(shared: Mongod) -> None:
    client = shared.connect('root', maxPoolSize=1)
    before = client.admin.command('serverStatus')
    client.shop.counted.insert_many([{'a': 1}, {'a': 2}, {'a': 3}])
    client.shop.command('insert', 'counted', documents=[{'a': 4}, {'a': 5}])
    client.shop.counted.update_one({'a': 1}, {'$set': {'b': 1}})
    client.shop.counted.delete_one({'a': 2})
    client.shop.counted.find_one()
    list(client.shop.counted.aggregate([{'$match': {}}]))
    opened = client.shop.command('find', 'counted', batchSize=1)['cursor']['id']
    client.shop.command({'getMore': opened, 'collection': 'counted'})
    client.admin.command('ping')
    with pytest.raises(OperationFailure):
        client.shop.command('nonsense')
    after = client.admin.command('serverStatus')

    def grown(section: str, name: str) -> int:
        return int(after[section][name] - before[section][name])

    operations = ('insert', 'update', 'delete', 'query', 'getmore', 'command')
    # Two commands: ping and the second serverStatus.
    assert [grown('opcounters', name) for name in operations] == [5, 1, 1, 3, 1, 2]
    assert grown('network', 'numRequests') >= 11
    assert grown('network', 'bytesIn') > 500
    assert grown('network', 'bytesOut') > 500
    assert grown('asserts', 'user') == 1


def test_connections_are_counted(shared: Mongod) -> None:
    client = shared.connect('root')
    before = client.admin.command('serverStatus')['connections']
    other = shared.connect('root')
    other.admin.command('ping')
    after = client.admin.command('serverStatus')['connections']
    assert after['totalCreated'] > before['totalCreated']
    assert after['current'] > before['current']
    assert after['available'] < before['available']
    other.close()
    until(lambda: client.admin.command('serverStatus')['connections']['current'] < after['current'], 'closed')


def test_more_connections_than_allowed_are_refused(backend: Any) -> None:
    from pymongo.errors import ServerSelectionTimeoutError

    with running(backend, **{'net.maxIncomingConnections': 0}) as mongod:
        with pytest.raises(ServerSelectionTimeoutError):
            mongod.connect(serverSelectionTimeoutMS=300).admin.command('ping')
        assert mongod.count('Connection refused because there are too many open') > 0


def test_top(shared: Mongod) -> None:
    client = shared.connect('root')
    client.shop.topped.insert_one({})
    client.shop.topped.find_one()
    totals = client.admin.command('top')['totals']['shop.topped']
    assert totals['insert']['count'] == totals['queries']['count'] == 1
    assert totals['total']['count'] == 2
    assert totals['total']['time'] > 0


def test_operations_that_run(shared: Mongod) -> None:
    client = shared.connect('root', appname='looker')
    (own,) = client.admin.command('currentOp')['inprog']
    assert own['command']['currentOp'] == 1
    assert own['appName'] == 'looker'
    assert own['effectiveUsers'] == [{'user': 'root', 'db': 'admin'}]
    (own,) = client.admin.aggregate([{'$currentOp': {}}])
    assert own['ns'] == 'admin.$cmd'
    assert own['active']
    idle = list(client.admin.aggregate([{'$currentOp': {'allUsers': True, 'idleConnections': True}}]))
    assert len(idle) > 1
    with pytest.raises(OperationFailure) as caught:
        list(client.admin.aggregate([{'$currentOp': {}}, {'$match': {}}]))
    assert caught.value.code == 238


def test_indexes_have_statistics(shared: Mongod) -> None:
    client = shared.connect('root')
    client.shop.indexed.insert_one({})
    (found,) = client.shop.indexed.aggregate([{'$indexStats': {}}])
    assert found['name'] == '_id_'
    assert found['accesses']['ops'] == 0


def test_options_as_they_were_given(shared: Mongod) -> None:
    found = shared.connect('root').admin.command('getCmdLineOpts')
    assert found['argv'][1:] == ['--config', str(shared.folder / 'mongod.conf')]
    assert found['parsed']['security'] == {'authorization': 'enabled'}
    assert found['parsed']['net']['port'] == shared.port


def test_parameters(shared: Mongod) -> None:
    admin = shared.connect('root').admin
    found = admin.command('getParameter', 1, featureCompatibilityVersion=1)
    assert found['featureCompatibilityVersion'] == {'version': '8.0'}
    assert 'logLevel' in admin.command('getParameter', '*')
    with pytest.raises(OperationFailure) as caught:
        admin.command('getParameter', 1, nonsense=1)
    assert caught.value.code == 72


def test_the_host(shared: Mongod) -> None:
    found = shared.connect('root').admin.command('hostInfo')
    assert found['system']['numCores'] >= 1
    assert found['system']['memSizeMB'] > 100
    assert found['os']['type'] == 'Linux'


@pytest.mark.parametrize(
    ('command', 'code', 'name'),
    [
        ({'nonsense': 1}, 59, 'CommandNotFound'),
        ({'createRole': 'x'}, 59, 'CommandNotFound'),
        ({'profile': 2}, 238, 'NotImplemented'),
        ({'replSetGetStatus': 1}, 76, 'NoReplicationEnabled'),
        ({'replSetInitiate': {}}, 76, 'NoReplicationEnabled'),
        ({'find': 'things', 'startTransaction': True, 'autocommit': False}, 20, 'IllegalOperation'),
    ],
)
def test_what_the_lab_has_not(shared: Mongod, command: dict[str, Any], code: int, name: str) -> None:
    with pytest.raises(OperationFailure) as caught:
        shared.connect('root').admin.command(command)
    assert (caught.value.code, caught.value.details['codeName']) == (code, name)


def test_every_line_of_the_log_has_mongodbs_form(shared: Mongod) -> None:
    client = shared.connect('root', appname='logged')
    client.admin.command('ping')
    client.close()
    with pytest.raises(OperationFailure):
        shared.connect('root', 'wrong-' + PASSWORD).admin.command('ping')
    until(lambda: shared.count('Failed to authenticate') > 0 and shared.count('Connection ended') > 0, 'lines')
    for line in shared.log_path.read_text().splitlines():
        found = json.loads(line)
        assert list(found)[:7] == ['t', 's', 'c', 'id', 'svc', 'ctx', 'msg']
        assert re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d', found['t']['$date'])
        assert found['s'] in 'IWEF'
        assert isinstance(found['id'], int)
    lines = {line['msg']: line for line in shared.log()}
    for message, identifier, component in [
        ('MongoDB starting', 4615611, 'CONTROL'),
        ('Listening on', 23015, 'NETWORK'),
        ('Waiting for connections', 23016, 'NETWORK'),
        ('Connection accepted', 22943, 'NETWORK'),
        ('Connection ended', 22944, 'NETWORK'),
        ('client metadata', 51800, 'NETWORK'),
        ('Successfully authenticated', 5286306, 'ACCESS'),
        ('Failed to authenticate', 5286307, 'ACCESS'),
    ]:
        assert (lines[message]['id'], lines[message]['c']) == (identifier, component)
    assert lines['Connection accepted']['attr'].keys() == {'remote', 'uuid', 'connectionId', 'connectionCount'}
    assert lines['Successfully authenticated']['attr']['user'] == 'root'
    assert lines['Failed to authenticate']['attr']['result'] == 18
    assert re.fullmatch(r'conn\d+', lines['Connection ended']['ctx'])


def test_slow_commands_are_logged(backend: Any) -> None:
    # With a negative threshold every command is slow.
    with running(backend, **{'operationProfiling.slowOpThresholdMs': -1}) as mongod:
        client = mongod.first_user().connect('root', appname='slow')
        client.shop.things.find_one({'a': 'b'})
        (line,) = [one for one in mongod.log() if one['id'] == 51803 and 'find' in one['attr']['command']]
        assert (line['c'], line['msg']) == ('COMMAND', 'Slow query')
        assert line['attr']['ns'] == 'shop.things'
        assert line['attr']['appName'] == 'slow'
        assert line['attr']['command']['filter'] == {'a': 'b'}
        assert line['attr']['durationMillis'] >= 0
        client.admin.command('updateUser', 'root', pwd=PASSWORD + '2')
        shown = [line for line in mongod.log() if line['id'] == 51803]
        assert {'createUser', 'updateUser', 'saslStart', 'saslContinue'} <= {
            next(iter(x['attr']['command'])) for x in shown
        }
        assert PASSWORD not in mongod.log_path.read_text()
        for line in shown:
            command = line['attr']['command']
            assert {command.get('pwd', 'xxx'), command.get('payload', 'xxx')} == {'xxx'}


def test_quick_commands_are_not(shared: Mongod) -> None:
    client = shared.connect('root')
    client.admin.command('ping')
    assert not [line for line in shared.log() if line['id'] == 51803 and 'ping' in line['attr']['command']]


def test_no_log_names_a_password(shared: Mongod) -> None:
    client = shared.connect('root')
    for command in (
        {'createUser': 'secretive', 'pwd': PASSWORD, 'roles': ['nonsense']},
        {'createUser': 'secretive', 'pwd': PASSWORD, 'roles': []},
        {'updateUser': 'secretive', 'pwd': PASSWORD, 'roles': []},
    ):
        try:
            client.admin.command(command)
        except OperationFailure as error:
            assert error.code == 31
    poor = shared.connect('secretive')
    for command in ({'createUser': 'x', 'pwd': PASSWORD, 'roles': []}, {'updateUser': 'x', 'pwd': PASSWORD}):
        with pytest.raises(OperationFailure, match='not authorized') as caught:
            poor.admin.command(command)
        assert PASSWORD not in str(caught.value)
    assert PASSWORD not in shared.log_path.read_text()
    assert not [line for line in client.admin.command('getLog', 'global')['log'] if PASSWORD in line]

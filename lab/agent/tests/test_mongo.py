"""The mongo check against responses like MongoDB's: how each is converted, and how each refusal is handled."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from datadog_checks.base import ConfigurationError
from pymongo.errors import OperationFailure, ServerSelectionTimeoutError

from datadog_checks.mongo import MongoDb, check, config
from datadog_checks.mongo.names import DATABASE, SERVER
from lab_agent import bridge

STATUS = {
    'uptime': 77.0,
    'connections': {'current': 3, 'available': 816, 'totalCreated': 12},
    'mem': {'resident': 101, 'virtual': 2650, 'bits': 64},
    'network': {'bytesIn': 1000, 'bytesOut': 2000, 'numRequests': 30},
    'opcounters': {'insert': 1, 'query': 2, 'update': 0, 'delete': 0, 'getmore': 0, 'command': 40},
    'asserts': {'regular': 0, 'warning': 0, 'msg': 0, 'user': 2, 'rollovers': 0},
    'extra_info': {'page_faults': 5},
}
STATS = {
    'objects': 2,
    'collections': 1,
    'dataSize': 130.0,
    'indexes': 1,
    'indexSize': 4096,
    'storageSize': 4096.0,
    'avgObjSize': 65.0,
}
GAUGES = {
    *('mongodb.uptime', 'mongodb.dbs', 'mongodb.fsynclocked', 'mongodb.mem.resident', 'mongodb.mem.virtual'),
    *('mongodb.connections.current', 'mongodb.connections.available', 'mongodb.connections.totalCreated'),
    'mongodb.mem.bits',
}
STATS_NAMES = {
    f'mongodb.stats.{name}'
    for name in ('objects', 'collections', 'datasize', 'indexes', 'indexsize', 'storagesize', 'avgobjsize')
}
RATES = {
    *(f'mongodb.network.{name}ps' for name in ('bytesin', 'bytesout', 'numrequests')),
    *(f'mongodb.opcounters.{name}ps' for name in ('insert', 'query', 'update', 'delete', 'getmore', 'command')),
    *(f'mongodb.asserts.{name}ps' for name in ('regular', 'warning', 'msg', 'user', 'rollovers')),
    'mongodb.extra_info.page_faultsps',
}
INSTANCE = {'hosts': ['127.0.0.1:27017'], 'username': 'datadog', 'password': 'secret', 'database': 'admin'}

Refusal = Callable[[str, str], Exception | None]


class Database:
    """A database of the server."""

    def __init__(self, name: str, refuse: Refusal) -> None:
        self.name = name
        self.refuse = refuse

    def command(self, command: str, **_: Any) -> dict[str, Any]:
        error = self.refuse(self.name, command)
        if error is not None:
            raise error
        names = [{'name': 'admin'}, {'name': 'local'}]
        answers = {'serverStatus': STATUS, 'listDatabases': {'databases': names}, 'dbStats': STATS}
        return answers.get(command, {'ok': 1.0})


class Client:
    """Replaces pymongo's client. `refuse` returns the error for a command, if it has one."""

    made: list[dict[str, Any]] = []

    def __init__(self, refuse: Refusal, **options: Any) -> None:
        Client.made.append(options)
        self.refuse = refuse
        self.admin = self['admin']

    def __getitem__(self, name: str) -> Database:
        return Database(name, self.refuse)

    def __enter__(self) -> 'Client':
        return self

    def __exit__(self, *_: object) -> None:
        return None


def refusing(**codes: int) -> Refusal:
    """Refuses commands, each with an error code."""
    return lambda _, command: OperationFailure(f'{command}: no', codes[command]) if command in codes else None


ALLOWING = refusing()


class Seen:
    """What a check has sent in a number of runs."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, refuse: Refusal = ALLOWING, runs: int = 1, **more: Any):
        bridge.install(bridge.Bridge(hostname='box'))
        Client.made.clear()
        monkeypatch.setattr(check, 'MongoClient', lambda **options: Client(refuse, **options))
        one = MongoDb('mongo', {}, [{**INSTANCE, 'tags': ['team:x'], **more}])
        one.check_id = 'mongo:test'
        self.sent: list[dict[str, Any]] = []
        for _ in range(runs):
            self.error = one.run()
            sent = bridge.current.sampler('mongo:test').commit()
            self.sent += sent['metrics']
            self.checks = sent['service_checks']
            time.sleep(0.01)
        self.names = {one['metric'] for one in self.sent}


def test_gauges_come_with_the_first_run_and_rates_with_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    once = Seen(monkeypatch)
    assert (once.error, once.names) == ('', GAUGES | STATS_NAMES)
    assert Seen(monkeypatch, runs=2).names == GAUGES | STATS_NAMES | RATES


def test_the_service_check_tells_the_server_and_the_instances_own_tags(monkeypatch: pytest.MonkeyPatch) -> None:
    (up,) = Seen(monkeypatch).checks
    assert (up['check'], up['status']) == ('mongodb.can_connect', 0)
    assert set(up['tags']) == {'db:admin', 'host:127.0.0.1', 'port:27017', 'team:x'}


def test_what_is_of_one_database_is_tagged_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = Seen(monkeypatch).sent
    found = {tuple(one['tags']) for one in sent if one['metric'] == 'mongodb.stats.datasize'}
    assert found == {('team:x', 'db:admin'), ('team:x', 'db:local')}
    (uptime,) = [one for one in sent if one['metric'] == 'mongodb.uptime']
    assert (uptime['points'][0][1], uptime['tags']) == (77.0, ['team:x'])


def test_a_wrong_password_is_critical_and_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Seen(monkeypatch, refusing(ping=18))
    assert 'ping: no' in seen.error
    assert 'secret' not in seen.error
    assert ([one['status'] for one in seen.checks], seen.names) == ([2], set())


def test_a_server_that_is_away_is_critical_and_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Seen(monkeypatch, lambda *_: ServerSelectionTimeoutError('connection refused'))
    assert 'connection refused' in seen.error
    assert [one['status'] for one in seen.checks] == [2]


def test_without_cluster_monitor_the_server_refuses_and_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Seen(monkeypatch, refusing(serverStatus=13))
    assert 'serverStatus: no' in seen.error
    assert seen.names == set()


def test_a_field_that_the_server_lacks_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(STATUS, 'mem')
    seen = Seen(monkeypatch)
    assert seen.error == ''
    assert not any(name.startswith('mongodb.mem') for name in seen.names)


def test_the_login_is_that_of_the_instance(monkeypatch: pytest.MonkeyPatch) -> None:
    Seen(monkeypatch, options={'authSource': 'other'})
    (options,) = Client.made
    assert (options['host'], options['port'], options['directConnection']) == ('127.0.0.1', 27017, True)
    assert (options['username'], options['password'], options['authSource']) == ('datadog', 'secret', 'other')
    Seen(monkeypatch, username=None, password=None)
    assert 'authSource' not in Client.made[0]


def test_no_metric_stands_there_twice() -> None:
    names = [metric.name for metric in (*SERVER, *DATABASE)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    'instance',
    [
        {},
        {'hosts': '127.0.0.1:27017'},
        {'hosts': []},
        {'hosts': ['127.0.0.1']},
        {'hosts': ['127.0.0.1:<27017>']},
        {'hosts': ['127.0.0.1:0']},
        {'hosts': ['a:1', 'b:1']},
        {'hosts': ['a:1'], 'username': 'datadog'},
    ],
)
def test_a_wrong_instance_is_refused(instance: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        config.read(instance)


def test_an_instance_has_defaults() -> None:
    found = config.read({'hosts': ['::1:27018']})
    assert (found.host, found.port, found.database, found.auth_source) == ('::1', 27018, 'admin', 'admin')
    assert config.read({'hosts': ['h:1'], 'database': 'other'}).auth_source == 'other'

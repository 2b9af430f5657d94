"""The check itself.

If the login fails or the server is unreachable, it sends `can_connect` CRITICAL and raises. A missing role also raises:
the server refuses the first command that needs it, and all later metrics are absent.
"""

from typing import Any

from datadog_checks.base import AgentCheck
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from datadog_checks.mongo import config
from datadog_checks.mongo.names import DATABASE, SERVER, Metric

CAN_CONNECT = 'mongodb.can_connect'
PATIENCE = 5000


class MongoDb(AgentCheck):
    """One client per run."""

    def __init__(self, name: str, init_config: dict[str, Any], instances: list[dict[str, Any]]) -> None:
        super().__init__(name, init_config, instances)
        self.config = config.read(instances[0])

    def check(self, _instance: dict[str, Any]) -> None:
        with self._client() as client:
            self._log_in(client)
            self._send(client.admin.command('serverStatus'), SERVER, [])
            names = [one['name'] for one in client.admin.command('listDatabases', nameOnly=True)['databases']]
            self.gauge('mongodb.dbs', len(names), tags=[*self.config.tags])
            locked = client.admin.command('currentOp').get('fsyncLock', False)
            self.gauge('mongodb.fsynclocked', int(bool(locked)), tags=[*self.config.tags])
            for name in names:
                self._send(client[name].command('dbStats'), DATABASE, [f'db:{name}'])

    def _client(self) -> MongoClient[dict[str, Any]]:
        found = self.config
        login = {'username': found.username, 'password': found.password, 'authSource': found.auth_source}
        return MongoClient(
            host=found.host,
            port=found.port,
            directConnection=True,
            appname='datadog-agent',
            serverSelectionTimeoutMS=PATIENCE,
            connectTimeoutMS=PATIENCE,
            socketTimeoutMS=30_000,
            **(login if found.username else {}),
        )

    def _log_in(self, client: MongoClient[dict[str, Any]]) -> None:
        found = self.config
        tags = [*found.tags, f'db:{found.database}', f'host:{found.host}', f'port:{found.port}']
        try:
            # Needs no login, but a client with credentials logs in first.
            client[found.database].command('ping')
        except PyMongoError:
            self.service_check(CAN_CONNECT, AgentCheck.CRITICAL, tags=tags)
            raise
        self.service_check(CAN_CONNECT, AgentCheck.OK, tags=tags)

    def _send(self, answer: dict[str, Any], metrics: list[Metric], tags: list[str]) -> None:
        for metric in metrics:
            value = at(answer, metric.path)
            if value is not None:
                getattr(self, metric.kind)(metric.name, float(value), tags=[*self.config.tags, *tags])


def at(answer: dict[str, Any], path: str) -> Any:
    """The value at a path such as `connections.current`; None if the answer has none."""
    value: Any = answer
    for key in path.split('.'):
        value = value.get(key) if isinstance(value, dict) else None
    return value

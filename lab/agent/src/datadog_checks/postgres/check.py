"""The check itself.

A missing right makes metrics absent without a warning. A failed login raises and, unlike in the mysql check, sends no
service check.
"""

from contextlib import closing
from typing import Any

import psycopg2
from datadog_checks.base import AgentCheck
from psycopg2 import errors

from datadog_checks.postgres import config
from datadog_checks.postgres.names import CONNECTIONS, VIEWS, WAL_FILES, View

CAN_CONNECT = 'postgres.can_connect'

IDENTITY = """SELECT split_part(current_setting('server_version'), ' ', 1),
    CASE WHEN pg_is_in_recovery() THEN 'standby' ELSE 'master' END, system_identifier FROM pg_control_system()"""

NOT_CREATED = (
    "Unable to collect statement metrics because pg_stat_statements is not created in database '{}'. "
    'CREATE EXTENSION pg_stat_statements there.'
)


class PostgresCheck(AgentCheck):
    """One connection per run."""

    def __init__(self, name: str, init_config: dict[str, Any], instances: list[dict[str, Any]]) -> None:
        super().__init__(name, init_config, instances)
        self.config = config.read(instances[0])

    def check(self, _instance: dict[str, Any]) -> None:
        with closing(self._connect()) as connection:
            tags = [*self.config.tags, *self._identity(connection)]
            self.service_check(CAN_CONNECT, AgentCheck.OK, tags=[*tags, f'db:{self.config.dbname}'])
            tags.append(f'dd.internal.resource:database_instance:{self.hostname}')
            for view in VIEWS:
                self._send(connection, view, tags)
            try:
                self._send(connection, WAL_FILES, tags)
            except errors.InsufficientPrivilege as error:
                self.log.debug('write-ahead log is not available: %s', error)
            if self.config.dbm:
                self._look_for_statements(connection)

    def _connect(self) -> Any:
        connection = psycopg2.connect(
            host=self.config.host,
            port=self.config.port,
            user=self.config.user,
            password=self.config.password,
            dbname=self.config.dbname,
            application_name='datadog-agent',
            connect_timeout=5,
            # Without TLS if the server allows it: loopback needs none, and a handshake costs more than all queries.
            sslmode='allow',
            gssencmode='disable',
        )
        connection.autocommit = True
        return connection

    def _identity(self, connection: Any) -> list[str]:
        ((version, role, identifier),) = rows(connection, IDENTITY)[1]
        return [
            f'server:{self.config.host}',
            f'port:{self.config.port}',
            f'postgresql_version:{version}',
            f'replication_role:{role}',
            f'system_identifier:{identifier}',
        ]

    def _send(self, connection: Any, view: View, tags: list[str]) -> None:
        names, found = rows(connection, view.query)
        for values in found:
            row = dict(zip(names, values, strict=True))
            own = [f'{tag}:{row[column]}' for tag, column in view.tags.items()]
            for metric in view.metrics:
                absent = metric is CONNECTIONS and self.config.dbm
                if row.get(metric.column) is not None and not absent:
                    getattr(self, metric.kind)(metric.name, float(row[metric.column]), tags=[*tags, *own])

    def _look_for_statements(self, connection: Any) -> None:
        try:
            rows(connection, 'SELECT 1 FROM pg_stat_statements LIMIT 1')
        except errors.UndefinedTable:
            self.warning(NOT_CREATED.format(self.config.dbname))
        except psycopg2.Error as error:
            self.warning('Unable to collect statement metrics: %s', str(error).strip())


def rows(connection: Any, query: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names and rows."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [column.name for column in cursor.description], cursor.fetchall()

"""The check itself.

A missing grant makes metrics absent. It rarely causes a warning, and never an error.
"""

from contextlib import closing
from typing import Any

from datadog_checks.base import AgentCheck

from datadog_checks.mysql import config, custom_queries, derived, innodb, process, replication, schema_sizes
from datadog_checks.mysql import performance_schema as perf
from datadog_checks.mysql.connect import connect, pymysql
from datadog_checks.mysql.names import EXTRA_INNODB, EXTRA_STATUS, GAUGE, INNODB, RATE, STATUS, VARIABLES, Metric
from datadog_checks.mysql.queries import Server

CAN_CONNECT = 'mysql.can_connect'

STATUS_NAMES = [
    *(metric.source for table in (STATUS, EXTRA_STATUS, INNODB, EXTRA_INNODB) for metric in table),
    *derived.SOURCES,
]


class MySqlCheck(AgentCheck):
    """One connection per run."""

    def __init__(self, name: str, init_config: dict[str, Any], instances: list[dict[str, Any]]) -> None:
        super().__init__(name, init_config, instances)
        self.config = config.read(instances[0])
        self._status_before: dict[str, float] | None = None

    def check(self, _instance: dict[str, Any]) -> None:
        where = [f'server:{self.config.host or self.config.sock}', f'port:{self.config.port}']
        tags = [*self.config.tags, *where]
        try:
            connection = self._connect()
        except Exception:
            self.service_check(CAN_CONNECT, AgentCheck.CRITICAL, tags=tags)
            raise
        with closing(connection):
            self.service_check(CAN_CONNECT, AgentCheck.OK, tags=tags)
            server = Server(connection)
            tags = [*tags, f'dbms_flavor:{server.flavor}']
            self._collect(server, tags)

    def _connect(self) -> Any:
        at: dict[str, Any] = (
            {'unix_socket': self.config.sock}
            if self.config.sock
            else {'host': self.config.host, 'port': self.config.port}
        )
        return connect(
            bool(self.config.sock) or self.config.host in process.LOCAL,
            **at,
            user=self.config.user,
            password=self.config.password,
            connect_timeout=self.config.connect_timeout,
            autocommit=True,
        )

    def _collect(self, server: Server, tags: list[str]) -> None:
        status, variables = server.status(STATUS_NAMES), server.variables
        numbers = server.number_variables
        self._send_table(STATUS, status, tags)
        self._send_table(VARIABLES, numbers, tags)
        self._send_gauges(derived.key_cache(status, numbers), tags)
        if not self.config.wants('disable_innodb_metrics'):
            self._innodb(server, status, tags)
        if self.config.wants('extra_status_metrics'):
            self._send_table(EXTRA_STATUS, status, tags)
        self._send_gauges(derived.query_cache(status, self._status_before), tags)
        self._status_before = status
        self._processor_time(tags)
        if variables.get('log_bin') == 'ON':
            self._binary_logs(server, tags)
        if variables.get('performance_schema') == 'ON':
            self._user_connections(server, tags)
            if self.config.wants('extra_performance_metrics'):
                self._performance(server, tags)
        if self.config.wants('schema_size_metrics'):
            schema_sizes.collect(self, server, tags)
        if self.config.wants('replication'):
            replication.collect(self, server, tags)
        custom_queries.collect(self, server.rows, list(self.config.custom_queries), tags)

    def _send_table(self, table: list[Metric], values: dict[str, float], tags: list[str]) -> None:
        for metric in table:
            if metric.source in values:
                self.send(metric.name, metric.kind, values[metric.source], tags)

    def _send_gauges(self, values: dict[str, float], tags: list[str]) -> None:
        for name, value in values.items():
            self.gauge(name, value, tags=tags)

    def send(self, name: str, kind: str, value: float, tags: list[str]) -> None:
        {GAUGE: self.gauge, RATE: self.rate}.get(kind, self.monotonic_count)(name, value, tags=tags)

    def _innodb(self, server: Server, status: dict[str, float], tags: list[str]) -> None:
        self._send_table(INNODB, status, tags)
        self._send_gauges(derived.buffer_pool(status), tags)
        if self.config.wants('extra_innodb_metrics'):
            self._send_table(EXTRA_INNODB, status, tags)
        try:
            text = server.rows('SHOW ENGINE INNODB STATUS')[0][2]
            found = innodb.parse(text, has_status_values='Innodb_lsn_current' in status)
            counted = server.rows("SELECT count FROM information_schema.innodb_metrics WHERE name = 'lock_deadlocks'")
            found += innodb.deadlocks(float(counted[0][0])) if counted else []
        except pymysql.Error as error:
            # Without PROCESS these metrics are absent; nothing else shows it.
            self.log.debug('InnoDB status is not available: %s', error)
            return
        for name, kind, value in found:
            self.send(name, kind, value, tags)

    def _processor_time(self, tags: list[str]) -> None:
        seconds = process.cpu_seconds(self.config.host)
        if seconds:
            user, kernel = (value * 100 for value in seconds)
            self.rate('mysql.performance.user_time', user, tags=tags)
            self.rate('mysql.performance.kernel_time', kernel, tags=tags)
            self.rate('mysql.performance.cpu_time', user + kernel, tags=tags)

    def _binary_logs(self, server: Server, tags: list[str]) -> None:
        try:
            sizes = [float(row[1]) for row in server.rows('SHOW BINARY LOGS')]
        except pymysql.Error as error:
            self.warning('Privileges error accessing the BINARY LOGS (must grant REPLICATION CLIENT): %s', error)
            return
        self.gauge('mysql.binlog.disk_use', sum(sizes), tags=tags)

    def _user_connections(self, server: Server, tags: list[str]) -> None:
        try:
            for row in server.rows(perf.USER_CONNECTIONS):
                self.gauge('mysql.performance.user_connections', row[0], tags=[*tags, *perf.connection_tags(row)])
        except pymysql.Error as error:
            self.log.debug('user connections are not available: %s', error)

    def _performance(self, server: Server, tags: list[str]) -> None:
        self.warning(perf.DEPRECATED)
        try:
            averages = [row[0] for row in server.rows(perf.DIGEST_AVERAGES)]
            if averages:
                value = perf.percentile_95(averages)
                self.gauge('mysql.performance.digest_95th_percentile.avg_us', value, tags=tags)
            else:
                self.warning(perf.EMPTY)
        except pymysql.Error as error:
            self.warning('95th percentile performance metrics unavailable at this time: %s', error)
        try:
            rows = server.rows(perf.SCHEMA_AVERAGES)
            for schema, average in rows:
                tagged = [*tags, f'schema:{schema}']
                self.gauge('mysql.performance.query_run_time.avg', float(average), tags=tagged)
            if not rows:
                self.warning(perf.EMPTY)
        except pymysql.Error as error:
            self.warning('Avg exec time performance metrics unavailable at this time: %s', error)

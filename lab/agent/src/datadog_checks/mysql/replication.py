"""`replication`: a replica's lag, and the number of replicas of this server."""

from datadog_checks.base import AgentCheck

from datadog_checks.mysql.connect import pymysql
from datadog_checks.mysql.queries import Server

RUNNING = 'mysql.replication.replica_running'


def collect(check: AgentCheck, server: Server, tags: list[str]) -> None:
    """Counting replicas needs PROCESS and yields 0 without it; the status needs its own grant, else it warns."""
    count = "SELECT COUNT(*) FROM information_schema.processlist WHERE command LIKE 'Binlog dump%'"
    check.gauge('mysql.replication.replicas_connected', float(server.rows(count)[0][0]), tags=tags)
    try:
        found = server.named_rows('SHOW REPLICA STATUS')
    except pymysql.Error as error:
        check.warning('Privileges error getting replication status (must grant REPLICATION CLIENT): %s', error)
        check.service_check(RUNNING, check.WARNING, tags=tags)
        return
    for row in found:
        behind = row.get('Seconds_Behind_Source', row.get('Seconds_Behind_Master'))
        if behind is not None:
            check.gauge('mysql.replication.seconds_behind_source', float(behind), tags=tags)
            check.gauge('mysql.replication.seconds_behind_master', float(behind), tags=tags)
        threads = (
            row.get('Replica_IO_Running', row.get('Slave_IO_Running')),
            row.get('Replica_SQL_Running', row.get('Slave_SQL_Running')),
        )
        running = sum(state == 'Yes' for state in threads)
        check.service_check(RUNNING, (check.CRITICAL, check.WARNING, check.OK)[running], tags=tags)

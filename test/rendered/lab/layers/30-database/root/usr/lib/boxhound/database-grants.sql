-- Least rights for what the integration reads. SLAVE MONITOR is MariaDB's; REPLICATION CLIENT is its BINLOG MONITOR.
GRANT REPLICATION CLIENT, PROCESS, SLAVE MONITOR ON *.* TO datadog@'127.0.0.1';
GRANT SELECT ON performance_schema.* TO datadog@'127.0.0.1';

-- Least rights for what the integration reads.
GRANT REPLICATION CLIENT, PROCESS ON *.* TO datadog@'127.0.0.1';
GRANT SELECT ON performance_schema.* TO datadog@'127.0.0.1';

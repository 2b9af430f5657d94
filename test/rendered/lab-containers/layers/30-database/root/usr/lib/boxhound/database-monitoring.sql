-- rendered from provision/30-database/postgres/root/usr/lib/boxhound/database-monitoring.sql.hbs, do not edit
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;

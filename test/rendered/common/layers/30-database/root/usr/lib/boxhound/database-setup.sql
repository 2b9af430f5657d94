-- rendered from provision/30-database/postgres/root/usr/lib/boxhound/database-setup.sql.hbs, do not edit
-- What the Agent's integration needs in each database; databases that are made later inherit it from template1.
SET client_min_messages = warning;
GRANT pg_monitor TO datadog;
\connect template1
\ir database-monitoring.sql
\connect boxhound
\ir database-monitoring.sql
\connect postgres
\ir database-monitoring.sql

#!/bin/bash
# Prepares what the Agent needs from PostgreSQL.
set -Eeuo pipefail

main() {
  # The Agent reads the database's log through group adm. First boot writes the integration's configuration into a
  # folder that the Agent owns.
  usermod --append --groups adm dd-agent
  install -d -o dd-agent -g dd-agent -m 0755 /etc/datadog-agent/conf.d/postgres.d
  # The package gives the administrator's account a shell that nothing here needs.
  usermod --shell /usr/sbin/nologin postgres
}

main

#!/bin/bash
# Readies what the Agent needs of PostgreSQL.
set -Eeuo pipefail

main() {
  # The Agent reads the database's log by group adm; the first boot writes the integration's configuration into a folder of the Agent's.
  usermod --append --groups adm dd-agent
  install -d -o dd-agent -g dd-agent -m 0755 /etc/datadog-agent/conf.d/postgres.d
  # The package gives the administrator's account a shell, which nothing here needs.
  usermod --shell /usr/sbin/nologin postgres
}

main

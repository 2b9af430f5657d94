#!/bin/bash
# Readies MariaDB's data directory under our own settings, so that the first boot finds nothing to resize or convert.
set -Eeuo pipefail

# The Agent reads the database's logs by group adm; the first boot writes the integration's configuration into a folder of the Agent's.
ready_agent() {
  usermod --append --groups adm dd-agent
  install -d -o dd-agent -g dd-agent -m 0755 /etc/datadog-agent/conf.d/mysql.d
  install -d -o mysql -g adm -m 2750 /var/log/mysql
}

# One start and clean stop without network or clients: the redo log gets its configured size here and not on the first boot.
settle_data() {
  install -d -o mysql -g root -m 0755 /run/mysqld
  mariadbd --user=mysql --bootstrap --skip-networking </dev/null
  rm -f /var/lib/mysql/*.err /var/log/mysql/*
}

# Where a first boot has been, this is an instance's own database, and it may be running: its data and its logs are nobody else's business.
main() {
  ready_agent
  if [[ ! -e /var/lib/boxhound/first-boot.json ]]; then settle_data; fi
}

main

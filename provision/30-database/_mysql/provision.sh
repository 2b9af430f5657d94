#!/bin/bash
# Readies what the Agent needs of MySQL or MariaDB.
set -Eeuo pipefail

# The Agent reads the database's logs by group adm; the first boot writes the integration's configuration into a folder of the Agent's.
ready_agent() {
  usermod --append --groups adm dd-agent
  install -d -o dd-agent -g dd-agent -m 0755 /etc/datadog-agent/conf.d/mysql.d
  install -d -o mysql -g adm -m 2750 /var/log/mysql
}

ready_agent

#!/bin/bash
# Prepares what the Agent needs from MySQL or MariaDB.
set -Eeuo pipefail

# The Agent reads the database's logs through group adm. First boot writes the integration's configuration into a folder
# that the Agent owns.
ready_agent() {
  usermod --append --groups adm dd-agent
  install -d -o dd-agent -g dd-agent -m 0755 /etc/datadog-agent/conf.d/mysql.d
  install -d -o mysql -g adm -m 2750 /var/log/mysql
}

ready_agent

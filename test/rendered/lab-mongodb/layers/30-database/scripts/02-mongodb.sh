#!/bin/bash
# Readies what the Agent needs of MongoDB.
set -Eeuo pipefail

main() {
  # The Agent reads the database's log by group adm; the first boot writes the integration's configuration into a folder of the Agent's.
  usermod --append --groups adm dd-agent
  install -d -o dd-agent -g dd-agent -m 0755 /etc/datadog-agent/conf.d/mongo.d
  usermod --shell /usr/sbin/nologin mongodb
}

main

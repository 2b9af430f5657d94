#!/bin/bash
# Prepares MongoDB for the Agent.
set -Eeuo pipefail

main() {
  # The Agent may read the database's log through the group adm. First boot writes the integration's configuration into
  # this folder.
  usermod --append --groups adm dd-agent
  install -d -o dd-agent -g dd-agent -m 0755 /etc/datadog-agent/conf.d/mongo.d
  usermod --shell /usr/sbin/nologin mongodb
}

main

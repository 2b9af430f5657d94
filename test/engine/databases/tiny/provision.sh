#!/bin/bash
# The server's own account, and the way of the Agent to its log.
set -Eeuo pipefail

main() {
  id tiny &>/dev/null || useradd --system --shell /usr/sbin/nologin --home-dir /var/lib/tiny tiny
  usermod --append --groups adm dd-agent
  install -d -o tiny -g tiny -m 0750 /var/lib/tiny
  install -d -o tiny -g adm -m 2750 /var/log/tiny
  install -d -o dd-agent -g dd-agent -m 0755 /etc/datadog-agent/conf.d/tiny.d
}

main

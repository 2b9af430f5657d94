#!/bin/bash
# Starts MariaDB once with our settings, so that first boot finds nothing to resize or convert.
set -Eeuo pipefail

# One start and clean stop without network or clients, to give the redo log its configured size now instead of at first
# boot.
settle_data() {
  install -d -o mysql -g root -m 0755 /run/mysqld
  mariadbd --user=mysql --bootstrap --skip-networking </dev/null
  rm -f /var/lib/mysql/*.err /var/log/mysql/*
}

# After a first boot this is an instance's own database, which may be running: leave its data and logs alone.
main() {
  if [[ ! -e /var/lib/boxhound/first-boot.json ]]; then settle_data; fi
}

main

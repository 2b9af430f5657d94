#!/bin/bash
# Readies MariaDB's data directory under our own settings, so that the first boot finds nothing to resize or convert.
set -Eeuo pipefail

# One start and clean stop without network or clients: the redo log gets its configured size here and not on the first boot.
settle_data() {
  install -d -o mysql -g root -m 0755 /run/mysqld
  mariadbd --user=mysql --bootstrap --skip-networking </dev/null
  rm -f /var/lib/mysql/*.err /var/log/mysql/*
}

# Where a first boot has been, this is an instance's own database, and it may be running: its data and its logs are nobody else's business.
main() {
  if [[ ! -e /var/lib/boxhound/first-boot.json ]]; then settle_data; fi
}

main

#!/bin/bash
# Readies MySQL's data directory under our own settings, so that the first boot finds nothing to resize or convert.
set -Eeuo pipefail

readonly maintenance=/etc/mysql/debian.cnf

# Packages of Ubuntu 24.04 give the maintenance user a password, which every clone would share (fault 45): the socket lets root in without.
statements() {
  if grep -q '^[[:space:]]*password' "$maintenance"; then
    printf "ALTER USER 'debian-sys-maint'@'localhost' IDENTIFIED WITH auth_socket AS 'root';\n"
  fi
  printf 'SHUTDOWN;\n'
}

# One start and clean stop without network or clients: the redo log gets its configured size here and not on the first boot.
settle_data() {
  local file=/var/lib/mysql-files/boxhound.sql
  install -d -o mysql -g mysql -m 0755 /run/mysqld
  statements >"$file"
  chown mysql:mysql "$file"
  mysqld --user=mysql --skip-networking --init-file="$file"
  rm -f "$file" /var/log/mysql/*
  sed -i '/^[[:space:]]*password[[:space:]]*=/d' "$maintenance"
}

# Where a first boot has been, this is an instance's own database, and it may be running: its data and its logs are nobody else's business.
main() {
  if [[ ! -e /var/lib/boxhound/first-boot.json ]]; then settle_data; fi
}

main

#!/bin/bash
# Starts MySQL once with our settings, so that first boot finds nothing to resize or convert.
set -Eeuo pipefail

readonly maintenance=/etc/mysql/debian.cnf

# Ubuntu 24.04's packages give the maintenance user a password, which every clone would share (fault 45). Root can log
# in through the socket without one.
statements() {
  if grep -q '^[[:space:]]*password' "$maintenance"; then
    printf "ALTER USER 'debian-sys-maint'@'localhost' IDENTIFIED WITH auth_socket AS 'root';\n"
  fi
  printf 'SHUTDOWN;\n'
}

# One start and clean stop without network or clients, to give the redo log its configured size now instead of at first
# boot.
settle_data() {
  local file=/var/lib/mysql-files/boxhound.sql
  install -d -o mysql -g mysql -m 0755 /run/mysqld
  statements >"$file"
  chown mysql:mysql "$file"
  mysqld --user=mysql --skip-networking --init-file="$file"
  rm -f "$file" /var/log/mysql/*
  sed -i '/^[[:space:]]*password[[:space:]]*=/d' "$maintenance"
}

# After a first boot this is an instance's own database, which may be running: leave its data and logs alone.
main() {
  if [[ ! -e /var/lib/boxhound/first-boot.json ]]; then settle_data; fi
}

main

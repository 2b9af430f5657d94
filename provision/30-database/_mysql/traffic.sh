#!/bin/bash
# Drives the server through its own load generator: traffic.sh prepare|run|remove, as root, over the local socket and so without a password.
#
# run reads a line for each part of the load, seconds and transactions per second, and prints "transactions N" as it goes. A transaction is a
# row inserted, changed and read. CONNECTIONS are opened at once, each second anew.
set -Eeuo pipefail

readonly database=boxhound_traffic
readonly statements="INSERT INTO $database.work (note) VALUES (UUID());
UPDATE $database.work SET touched = touched + 1 WHERE id = LAST_INSERT_ID();
SELECT note FROM $database.work WHERE id = LAST_INSERT_ID();"

admin() {
  /usr/lib/boxhound/database-admin
}

prepare() {
  admin <<SQL
DROP DATABASE IF EXISTS $database;
CREATE DATABASE $database;
CREATE TABLE $database.work (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  note CHAR(36) NOT NULL,
  touched INT NOT NULL DEFAULT 0
);
SQL
}

# slap ARGUMENT…: the generator of MariaDB or of MySQL over the socket, without option files.
slap() {
  if command -v mariadb-slap >/dev/null; then
    mariadb-slap --no-defaults --protocol=socket --skip-ssl "$@"
  else
    mysqlslap --no-defaults --socket=/run/mysqld/mysqld.sock "$@"
  fi
}

# second RATE: as many transactions as make up the rate, dealt out evenly to the connections; sets made.
second() {
  local rate=$1 each clients words
  each=$(((rate + CONNECTIONS / 2) / CONNECTIONS))
  if ((each == 0)); then each=1; fi
  clients=$((rate / each))
  if ((clients > CONNECTIONS)); then clients=$CONNECTIONS; fi
  # The generator may end well after a statement that failed: what it says counts.
  if ! words=$(slap --silent --no-drop --create-schema="$database" --delimiter=';' \
    --query="$statements" --concurrency="$clients" --number-of-queries=$((3 * clients * each)) 2>&1 >/dev/null) ||
    [[ $words == *ERROR* ]]; then
    printf '%s\n' "$words" >&2
    return 1
  fi
  made=$((made + clients * each))
}

run() {
  local seconds rate until made=0
  until=$(date +%s%N)
  while read -r seconds rate; do
    for (( ; seconds > 0; seconds--)); do
      until=$((until + 1000000000))
      # A second that comes too late is left out: the server has no time for it.
      if (($(date +%s%N) >= until)); then continue; fi
      if ((rate > 0)); then second "$rate"; fi
      echo "transactions $made"
      wait_until "$until"
    done
  done
}

# wait_until NANOSECONDS
wait_until() {
  local left=$(($1 - $(date +%s%N)))
  if ((left > 0)); then sleep "$((left / 1000000000)).$(printf '%09d' $((left % 1000000000)))"; fi
}

remove() {
  admin <<<"DROP DATABASE IF EXISTS $database;"
}

main() {
  case $1 in
    prepare | run | remove) "$1" ;;
    *) return 2 ;;
  esac
}

main "$@"

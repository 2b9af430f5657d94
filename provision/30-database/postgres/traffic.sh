#!/bin/bash
# Drives the server through pgbench: traffic.sh prepare|run|remove, as root, over the local socket as its administrator and so without a
# password.
#
# run reads a line for each part of the load, seconds and transactions per second, and prints "transactions N" as it goes. A transaction
# changes three rows, inserts one and reads one.
set -Eeuo pipefail

readonly database=boxhound_traffic

admin() {
  /usr/lib/boxhound/database-admin
}

pgbench() {
  setpriv --reuid=postgres --regid=postgres --init-groups "/usr/lib/postgresql/$VERSION/bin/pgbench" --port="$PORT" "$@"
}

prepare() {
  admin <<SQL
DROP DATABASE IF EXISTS $database WITH (FORCE);
CREATE DATABASE $database;
SQL
  cd /
  # As many branches as a small disk has room for: clients wait for each other on them. Unlogged, since nothing of it is to last.
  pgbench --initialize --quiet --scale=5 --unlogged-tables "$database" 2>&1
}

# segment SECONDS RATE: adds to made. pgbench tells each second how fast it was, and how much it did at the end alone.
segment() {
  local seconds=$1 rate=$2 line about=0
  while read -r line; do
    if [[ $line =~ ^progress:.*\ ([0-9]+)\.[0-9]+\ tps ]]; then
      about=$((about + BASH_REMATCH[1]))
      echo "transactions $((made + about))"
    elif [[ $line =~ ^number\ of\ transactions\ actually\ processed:\ ([0-9]+) ]]; then
      made=$((made + BASH_REMATCH[1]))
    elif [[ $line =~ ^ended\ ([0-9]+)$ ]]; then
      return "${BASH_REMATCH[1]}"
    elif [[ $line =~ (error|fatal): ]]; then
      printf '%s\n' "$line" >&2
    fi
  done < <(
    status=0
    pgbench --no-vacuum --client="$CONNECTIONS" --jobs=2 --time="$seconds" --rate="$rate" --progress=1 "$database" 2>&1 || status=$?
    echo "ended $status"
  )
  return 1
}

run() {
  local seconds rate made=0
  cd /
  while read -r seconds rate; do
    if ((rate > 0)); then
      segment "$seconds" "$rate"
    else
      sleep "$seconds"
    fi
    echo "transactions $made"
  done
}

remove() {
  admin <<<"DROP DATABASE IF EXISTS $database WITH (FORCE);"
}

main() {
  case $1 in
    prepare | run | remove) "$1" ;;
    *) return 2 ;;
  esac
}

main "$@"

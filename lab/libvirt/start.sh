#!/usr/bin/env bash
# Starts libvirt's daemons where no systemd does: start.sh [FOLDER]. Prints nothing when they answer already. Their process ids go to FOLDER
# (default /run/boxhound-libvirt), which stop.sh reads; where systemd runs it starts them, and this script says so and ends with 3.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

readonly folder=${1-/run/boxhound-libvirt}

answers() { virsh --quiet --connect qemu:///system version >/dev/null 2>&1; }

# A daemon of its own session, so that it outlives whoever starts it; it writes its process id.
start() {
  local name=$1
  "$name" --daemon --pid-file "$folder/$name.pid"
  printf '%s started\n' "$name" >&2
}

main() {
  if answers; then return; fi
  if [[ -d /run/systemd/system ]]; then
    echo 'systemd runs here: systemctl start libvirtd' >&2
    return 3
  fi
  mkdir -p "$folder"
  start virtlogd
  start libvirtd
  local tries
  for ((tries = 0; tries < 100; tries++)); do
    if answers; then return; fi
    sleep 0.1
  done
  echo 'libvirtd was started and does not answer; its messages: /var/log/libvirt or the console' >&2
  return 1
}

main

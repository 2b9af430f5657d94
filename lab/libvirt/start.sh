#!/usr/bin/env bash
# Starts libvirt's daemons on a machine without systemd: start.sh [FOLDER]. Does nothing if they are already running.
# Writes their process ids to FOLDER (default /run/boxhound-libvirt), which stop.sh reads. With systemd, which starts
# them itself, this script says so and exits 3.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

readonly folder=${1-/run/boxhound-libvirt}

answers() { virsh --quiet --connect qemu:///system version >/dev/null 2>&1; }

# Starts a daemon in its own session, so that it outlives the caller; it writes its process id.
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

#!/usr/bin/env bash
# Stops what start.sh has started: stop.sh [FOLDER]. Networks first, since their dnsmasq processes and bridges outlive
# the daemon. If any machine is running, it and the daemons are left alone.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

readonly folder=${1-/run/boxhound-libvirt}

is_ours() { [[ -r /proc/$1/comm && $(<"/proc/$1/comm") == "$2" ]]; }

# Kills by process id, and only if the id still belongs to that daemon.
stop() {
  local name=$1 file=$folder/$1.pid pid
  [[ -s $file ]] || return 0
  pid=$(<"$file")
  if is_ours "$pid" "$name"; then
    kill -TERM "$pid"
    while is_ours "$pid" "$name"; do sleep 0.05; done
  fi
  rm -f -- "$file"
}

main() {
  [[ -d $folder ]] || return 0
  local -a machines=() networks=()
  mapfile -t machines < <(virsh --quiet list --name 2>/dev/null | sed '/^$/d')
  if [[ ${#machines[@]} -gt 0 ]]; then
    echo "machines run: ${machines[*]}; libvirt goes on" >&2
    return 1
  fi
  mapfile -t networks < <(virsh --quiet net-list --name 2>/dev/null | sed '/^$/d')
  local network
  for network in "${networks[@]}"; do virsh --quiet net-destroy "$network" >/dev/null; done
  stop libvirtd
  stop virtlogd
  rmdir -- "$folder"
}

main

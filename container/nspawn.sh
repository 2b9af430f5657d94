#!/usr/bin/env bash
# Starts systemd-nspawn in a control group of its own and in this network namespace: nspawn.sh GROUP ARG…
set -Eeuo pipefail
# Nothing of the caller's shell has a say in here: no BASH_ENV, no function, no CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
# shellcheck source-path=SCRIPTDIR source=cgroups.sh
. "$here/cgroups.sh"

main() {
  local group=$1
  shift
  # nspawn divides the group that it finds itself in, and can't where other processes are.
  cgroups_enter "$group" machine
  exec systemd-nspawn "$@"
}

main "$@"

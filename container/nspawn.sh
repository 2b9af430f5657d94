#!/usr/bin/env bash
# Starts systemd-nspawn in its own control group and in this network namespace: nspawn.sh GROUP ARG…
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
# shellcheck source-path=SCRIPTDIR source=cgroups.sh
. "$here/cgroups.sh"

main() {
  local group=$1
  shift
  # nspawn splits the group that it starts in, which fails if other processes are in it.
  cgroups_enter "$group" machine
  exec systemd-nspawn "$@"
}

main "$@"

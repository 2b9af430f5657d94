#!/usr/bin/env bash
# Starts systemd-nspawn in a control group of its own and in this network namespace: nspawn.sh GROUP ARG…
set -Eeuo pipefail

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

#!/usr/bin/env bash
# Removes a container's control groups once its last process is gone: reap.sh GROUP. Stdin is a pipe whose other end is
# held by every process in the container's namespace, so it closes when they are gone, however they end. The kernel
# cleans up everything else.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
# shellcheck source-path=SCRIPTDIR source=cgroups.sh
. "$here/cgroups.sh"

main() {
  local try
  # Nothing is ever written; the read ends when the pipe closes.
  read -r || :
  for ((try = 0; try < 500; try++)); do
    if cgroups_remove "$1"; then return; fi
    sleep 0.01
  done
  return 1
}

# Must outlive the terminal and Ctrl-C, which end the container.
trap '' INT TERM HUP
main "$@"

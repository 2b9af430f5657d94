#!/usr/bin/env bash
# Removes a container's control groups as soon as its last process is gone: reap.sh GROUP. Stdin is a pipe whose other end every process of the
# container's namespace holds, so that it ends with them, however they end. The kernel clears all else by itself.
set -Eeuo pipefail
# Nothing of the caller's shell has a say in here: no BASH_ENV, no function, no CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
# shellcheck source-path=SCRIPTDIR source=cgroups.sh
. "$here/cgroups.sh"

main() {
  local try
  # Nothing is ever written: the read ends when the pipe does.
  read -r || :
  for ((try = 0; try < 500; try++)); do
    if cgroups_remove "$1"; then return; fi
    sleep 0.01
  done
  return 1
}

# Outlives the terminal and Ctrl-C, which end the container.
trap '' INT TERM HUP
main "$@"

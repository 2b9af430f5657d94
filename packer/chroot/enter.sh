#!/usr/bin/env bash
# Runs a command in a prepared target: enter.sh TARGET COMMAND [ARG…]. The target's programs are nobody's that this machine could trust, so they
# get namespaces, a root and capabilities of their own (confine.py), and this machine's network only with BOXHOUND_ONLINE=yes. Their
# environment holds nothing of the builder's, no proxy either: /proc would show them what the first process was given, too.
set -Eeuo pipefail
# Nothing of the caller's shell has a say in here: no BASH_ENV, no function, no CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
# shellcheck source-path=SCRIPTDIR source=../../disk/python.sh
. "$here/../../disk/python.sh"

main() {
  local name
  local -a own=(--mount --uts --ipc --pid --cgroup) kept=(PATH=/usr/sbin:/usr/bin:/sbin:/bin)
  if [[ ${BOXHOUND_ONLINE-} != yes ]]; then own+=(--net); fi
  for name in TERM BOXHOUND_LAYER BOXHOUND_APT_TIMEOUT BOXHOUND_NOTES; do
    if [[ -n ${!name-} ]]; then kept+=("$name=${!name}"); fi
  done
  exec env -i "${kept[@]}" unshare "${own[@]}" --fork --kill-child -- "$python" -IBS "$here/confine.py" "$@"
}

main "$@"

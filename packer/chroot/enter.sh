#!/usr/bin/env bash
# Runs a command in a prepared target: enter.sh TARGET COMMAND [ARG…]. The target's programs are not trusted, so they
# get their own namespaces, root and capabilities (confine.py), and this machine's network only with
# BOXHOUND_ONLINE=yes. Their environment contains nothing of the builder's, not even a proxy: they could also read the
# first process's environment in /proc.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
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

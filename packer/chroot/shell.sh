#!/usr/bin/env bash
# An interactive shell in an overlay as a failed layer left it: shell.sh OVERLAY [STAGED-LAYER]. As root; what is changed in it is
# kept in OVERLAY. All mounts are this shell's own and end with it.
set -Eeuo pipefail
# Nothing of the caller's shell has a say in here: no BASH_ENV, no function, no CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
# shellcheck source-path=SCRIPTDIR source=../../disk/overlay.sh
. "$here/../../disk/overlay.sh"

main() {
  local overlay layer run
  overlay=$(readlink -f -- "$1")
  run=$(mktemp -d)
  layer=${2-$run/layer}
  mkdir -p "$run/target" "$run/layer" "$run/apt"
  overlay_export "$overlay" "$run"
  # The shell's last status is no error of ours. Who asks for one may want to download something.
  BOXHOUND_ONLINE=yes bash -p "$here/inside.sh" "$run" "$run/target" "$layer" "$run/apt" bash -p "$here/enter.sh" "$run/target" bash -i || true
  overlay_close "$run" "$overlay"
  rm -r -- "$run"
}

[[ $# -ge 1 ]] || {
  echo "usage: shell.sh OVERLAY [STAGED-LAYER]" >&2
  exit 2
}
if [[ ${BOXHOUND_OWN_EXPORT-} != yes ]]; then
  BOXHOUND_OWN_EXPORT=yes exec unshare --mount -- bash -p "$0" "$@"
fi
main "$@"

#!/usr/bin/env bash
# An interactive root shell in an overlay as a failed layer left it: shell.sh OVERLAY [STAGED-LAYER]. Changes are kept
# in OVERLAY. All mounts belong to this shell and end with it.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
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
  # The shell's last status is not an error. The user may want to download something, so the network is on.
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

#!/usr/bin/env bash
# Mounts an exported image read-only, as a layer would see it, and identifies its system: look.sh RUN TARGET. The mounts
# are in a namespace of their own and end with it.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
# shellcheck source-path=SCRIPTDIR source=overlay.sh
. "$here/overlay.sh"

main() {
  overlay_mount "$1" "$2" ro,noload,nodev,nosuid,noexec >&2
  timeout --kill-after=5 60 "$python" -IB "$here/identity.py" "$2"
  umount --recursive "$2"
}

if [[ ${BOXHOUND_OWN_MOUNTS-} != yes ]]; then
  BOXHOUND_OWN_MOUNTS=yes exec unshare --mount -- bash -p "$0" "$@"
fi
main "$@"

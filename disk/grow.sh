#!/usr/bin/env bash
# Enlarges a disk image with its root partition and root file system: grow.sh FILE.qcow2 SIZE. SIZE is in bytes or like
# 8G. FILE is changed in place, so nothing else may use it yet. Nothing is mounted, and whatever is started dies with
# this process.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
# shellcheck source-path=SCRIPTDIR source=overlay.sh
. "$here/overlay.sh"
# shellcheck source-path=SCRIPTDIR source=growth.sh
. "$here/growth.sh"

main() {
  local file size now run
  file=$(readlink -f -- "$1")
  size=$(growth_bytes "$2")
  now=$(growth_virtual_size "$file")
  growth_allowed "$now" "$size"
  ((size > now)) || return 0
  run=$(mktemp -d -- "${BOXHOUND_WORK:-${TMPDIR:-/tmp}}/grow.XXXXXX")
  # shellcheck disable=SC2064 # expand the name now
  trap "overlay_drop '$run'; overlay_drop '$run/part'; rm -rf -- '$run'" EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  qemu-img resize -q -f qcow2 "$file" "$size"
  overlay_export "$file" "$run"
  partitions_read "$run/disk"
  partitions_find_root "$run/disk"
  growth_table "$run/disk"
  overlay_close "$run" "$file"
  growth_root "$file" "$run"
  echo "image: grown from $((now >> 20)) to $((size >> 20)) MiB ($SECONDS s)"
}

[[ $# -eq 2 ]] || {
  echo 'usage: grow.sh FILE.qcow2 SIZE' >&2
  exit 2
}
if [[ ${BOXHOUND_OWN_EXPORT-} != yes ]]; then
  BOXHOUND_OWN_EXPORT=yes exec unshare --mount --pid --fork --kill-child --mount-proc -- bash -p "$0" "$@"
fi
main "$@"

#!/usr/bin/env bash
# Prints the file systems of a raw disk, the root first: layout.sh DISK. Tab-separated columns: partition number, first
# byte, size in bytes, kind of file system, mount point by the image's own fstab or `-`. Nothing is mounted.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
# shellcheck source-path=SCRIPTDIR source=overlay.sh
. "$here/overlay.sh"

row() { # row NUMBER POINT
  printf '%d\t%d\t%d\t%s\t%s\n' "$1" "${partition_start[$1]}" "${partition_bytes[$1]}" "${partition_fs[$1]}" "$2"
}

main() {
  local disk=$1 number point
  local -A points=()
  partitions_read "$disk"
  partitions_find_root "$disk"
  fstab_read "$disk"
  for point in "${mount_points[@]}"; do points[${mount_partition[$point]}]=$point; done
  row "$partition_root" /
  for number in "${partition_numbers[@]}"; do
    [[ $number != "$partition_root" && -n ${partition_fs[number]} ]] || continue
    row "$number" "${points[$number]--}"
  done
}

[[ $# -eq 1 ]] || {
  echo 'usage: layout.sh DISK' >&2
  exit 2
}
main "$@"

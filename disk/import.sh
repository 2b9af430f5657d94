#!/usr/bin/env bash
# Makes the layer `image` from a downloaded disk image whose digest has been verified already:
#
#   import.sh SOURCE OUT.qcow2 SIZE ID VERSION_ID
#
# SOURCE is a whole disk as qcow2, raw or vmdk, optionally compressed with zstd, xz or gzip. SIZE is the disk's size in
# bytes or like 8G; `-` keeps it. ID and VERSION_ID are what the image's /etc/os-release must say. OUT gets its name
# only once it is complete.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
# shellcheck source-path=SCRIPTDIR source=overlay.sh
. "$here/overlay.sh"
# shellcheck source-path=SCRIPTDIR source=growth.sh
. "$here/growth.sh"

# Largest size in bytes that a file may unpack to or declare: a compressed file can claim anything.
readonly limit=${BOXHOUND_IMAGE_LIMIT:-$((64 << 30))}

say() {
  printf 'image: %s (%d s)\n' "$1" "$SECONDS"
}

# packer_of FILE: prints the program that compressed it, by its first bytes; nothing if it is not compressed.
packer_of() {
  case $(od --address-radix=n --format=x1 --read-bytes=6 -- "$1" | tr -d ' ') in
    28b52ffd*) echo zstd ;;
    fd377a585a00) echo xz ;;
    1f8b*) echo gzip ;;
  esac
}

# unpack PROGRAM SOURCE FILE: streams the output, skipping zeroes, up to the limit.
unpack() {
  local program=$1 source=$2 file=$3 bytes status=0
  command -v "$program" >/dev/null || {
    refuse 'this machine cannot unpack the image' "the program $program" 'no such program' "apt-get install ${program/%xz/xz-utils}"
    return
  }
  # One MiB beyond the limit, to tell a file of exactly the limit from a larger one.
  "$program" -dc -- "$source" 2>"$file.log" |
    dd of="$file" bs=1M count=$(((limit >> 20) + 1)) iflag=fullblock conv=sparse status=none 2>>"$file.log" || status=$?
  bytes=$(stat --format %s -- "$file")
  if ((bytes > limit)); then
    refuse 'the image unpacks to more than it may' "at most $limit bytes" 'more' 'take another image of the publisher'
    return
  fi
  ((status == 0)) || {
    refuse 'the image cannot be unpacked' "a whole file packed by $program" "$(tail -n 1 -- "$file.log")" 'download it again; npm run cache -- prune drops old downloads'
    return
  }
  say "unpacked by $program, $bytes bytes"
}

# same_system RUN: checks that the image is what the box file says, and has the architecture that layers are built for.
same_system() {
  local run=$1 id=$2 version=$3
  local -a found
  mkdir -- "$run/target"
  bash -p "$here/look.sh" "$run" "$run/target" >"$run/system"
  mapfile -t found <"$run/system"
  [[ ${found[0]} == "$id" && ${found[1]} == "$version" ]] ||
    refuse 'the image holds another system than the box file says' "ID=$id VERSION_ID=$version" "ID=${found[0]} VERSION_ID=${found[1]}" \
      'base.system in the box file, or another image'
  [[ ${found[2]} == amd64 ]] || refuse 'the image is for another processor' amd64 "${found[2]}" 'take the image of the publisher for amd64'
  say "$id $version on $(partitions_text)"
}

inside() {
  local work=$1 run=$2 source=$3 size=$4 id=$5 version=$6 program format now number
  [[ $size == - ]] || size=$(growth_bytes "$size")
  program=$(packer_of "$source")
  if [[ -n $program ]]; then
    unpack "$program" "$source" "$work/source"
    source=$work/source
  fi
  read -r format now < <("$python" -IB "$here/image_format.py" "$source" "$limit") || return
  [[ $size != - ]] || size=$now
  growth_allowed "$now" "$size"
  # The options of every layer. Not compressed, since all layers above read it.
  qemu-img convert -f "$format" -O qcow2 -o lazy_refcounts=on,extended_l2=on,cluster_size=128k -m 4 -W -- "$source" "$work/disk.qcow2"
  if [[ $source == "$work"/* ]]; then rm -- "$source"; fi
  qemu-img resize -q -f qcow2 "$work/disk.qcow2" "$size"
  say "$format of $now bytes converted"
  overlay_export "$work/disk.qcow2" "$run"
  partitions_read "$run/disk"
  partitions_find_root "$run/disk"
  for number in "${partition_numbers[@]}"; do
    if is_ext "${partition_fs[number]}"; then growth_check "$run/disk" "$number" "$run/log"; fi
  done
  same_system "$run" "$id" "$version"
  if ((size > now)); then growth_table "$run/disk"; fi
  overlay_close "$run" "$work/disk.qcow2"
  if ((size > now)); then
    growth_root "$work/disk.qcow2" "$run"
    say "root grown to $((partition_bytes[partition_root] >> 20)) MiB"
  fi
}

main() {
  local source=$1 out=$2 size=$3 id=$4 version=$5
  source=$(readlink -f -- "$source")
  [[ -f $source ]] || refuse 'the image is no regular file' 'the file of a disk image' "$(stat --format %F -- "$source" 2>&1)" 'base.image in the box file'
  out=$(realpath -m -- "$out")
  work=$(mktemp -d -- "$out.partial-XXXXXX")
  # In the work folder, where the loop devices of a killed run are waited for.
  run=$(mktemp -d -- "${BOXHOUND_WORK:-$work}/import.XXXXXX")
  trap 'overlay_drop "$run"; overlay_drop "$run/part"; rm -rf -- "$run" "$work"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  inside "$work" "$run" "$source" "$size" "$id" "$version"
  mv -f -- "$work/disk.qcow2" "$out"
  sync -- "$(dirname -- "$out")"
  say "done, $(stat --format %s -- "$out") bytes"
}

[[ $# -eq 5 ]] || {
  echo 'usage: import.sh SOURCE OUT.qcow2 SIZE ID VERSION_ID' >&2
  exit 2
}
# Whatever ends this process, even SIGKILL, also ends its children, mounts and loop devices.
if [[ ${BOXHOUND_OWN_EXPORT-} != yes ]]; then
  BOXHOUND_OWN_EXPORT=yes exec unshare --mount --pid --fork --kill-child --mount-proc -- bash -p "$0" "$@"
fi
main "$@"

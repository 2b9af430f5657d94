#!/usr/bin/env bash
# Adds new files to the root file system of a compressed qcow2 image, in place: insert.sh IMAGE TREE RUN. TREE mirrors
# the guest's `/`; RUN is an empty folder for the export. All files are owned by root.
#
# The image is never mounted: ext4 would write its own timestamps and counters, and the same image would give a
# different box each time. debugfs writes with a given time, so the same image and tree give the same bytes. It writes
# to an overlay, and the few clusters that it has touched then replace the image's own, compressed like them. Written
# straight to the image they would stay uncompressed, at 2 MiB each.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
# shellcheck source-path=SCRIPTDIR source=overlay.sh
. "$here/overlay.sh"

# 2000-01-01: an arbitrary date that every archiver accepts.
readonly epoch=946684800

# debugfs always exits 0, so everything it writes is read back.
ask() { debugfs -R "$1" "$device" 2>/dev/null; }

# debugfs splits its commands at spaces and quotes, so paths must not contain any.
plain() { [[ $1 =~ ^[A-Za-z0-9._/-]+$ ]] || refuse 'a path that debugfs cannot be told' 'letters, digits and ._-/' "$1"; }

# Runs in the tree's folder, so that debugfs gets only guest paths and none of this machine.
commands_for() {
  local path=/$1 mode=0100644
  plain "$path"
  [[ $(ask "stat ${path%/*}") == *'Type: directory'* ]] ||
    refuse "the image has no folder ${path%/*}" 'an image that boxhound has baked' 'none' 'bake it again: npm run bake'
  [[ $(ask "stat $path") != *Inode:* ]] ||
    refuse "the image holds $path already" 'an image without it' 'a file' 'a golden image has no part of a Vagrant box: bake it again'
  if [[ -x $1 ]]; then mode=0100755; fi
  # With `cd`, since older versions treat a path as a name.
  printf 'cd %s\nwrite %s %s\n' "${path%/*}" "$1" "${path##*/}"
  printf 'set_inode_field %s %s %s\n' "$path" mode "$mode" "$path" uid 0 "$path" gid 0
}

check_written() {
  local path=/$1 mode=0644 found
  if [[ -x $1 ]]; then mode=0755; fi
  found=$(ask "stat $path")
  if ! ask "cat $path" | cmp -s -- - "$1" || [[ ! $found =~ Mode:\ +$mode\  || ! $found =~ User:\ +0\ +Group:\ +0\  ]]; then
    refuse "$path did not get into the image" "the file of the tree, mode $mode" "$(head -n 3 <<<"$found")" 'is the disk full?'
  fi
}

insert() {
  local tree=$1 run=$2 name
  local -a names=()
  partitions_read "$run/disk"
  partitions_find_root "$run/disk"
  device="$run/disk?offset=${partition_start[partition_root]}"
  [[ $(ask show_super_stats) != *needs_recovery* ]] || refuse 'the file system was not unmounted cleanly' 'a sealed image' 'a journal to be replayed'
  cd -- "$tree"
  mapfile -d '' -t names < <(find . -type f -printf '%P\0' | sort -z)
  [[ ${#names[@]} -gt 0 ]] || refuse 'nothing to put into the image' 'files' 'an empty tree'
  for name in "${names[@]}"; do commands_for "$name"; done >"$run/commands"
  E2FSPROGS_FAKE_TIME=$epoch debugfs -w -f "$run/commands" "$device" >"$run/said" 2>&1
  for name in "${names[@]}"; do check_written "$name"; done
}

# read_cluster IMAGE OFFSET FILE: dd's count starts at the beginning of the input and includes what is skipped.
read_cluster() {
  qemu-img dd -f qcow2 -O raw bs="$cluster" skip="$(($2 / cluster))" count="$(($2 / cluster + 1))" if="$1" of="$3"
}

# fold OVERLAY IMAGE SCRATCH: moves the clusters of OVERLAY into the image below it. The old clusters are discarded
# first, because a compressed cluster cannot be overwritten.
fold() {
  local overlay=$1 image=$2 scratch=$3 line start length at
  local pattern='"start": ([0-9]+), "length": ([0-9]+), "depth": 0,.*"data": (true|false)'
  local -a discards=() writes=()
  while IFS= read -r line; do
    [[ $line =~ $pattern ]] || continue
    start=${BASH_REMATCH[1]} length=${BASH_REMATCH[2]}
    ((start % cluster == 0 && length % cluster == 0)) || refuse 'an overlay of other clusters' "$cluster bytes" "$length bytes at $start"
    discards+=("discard -q $start $length")
    [[ ${BASH_REMATCH[3]} == true ]] || continue
    for ((at = start; at < start + length; at += cluster)); do
      read_cluster "$overlay" "$at" "$scratch/$at"
      writes+=("write -q -c -s $scratch/$at $at $cluster")
    done
  done < <(qemu-img map --output=json "$overlay")
  [[ ${#writes[@]} -gt 0 ]] || refuse 'nothing was written' 'some clusters' 'none'
  # qemu-io exits 0 even if a command failed, so everything is read back.
  printf '%s\n' "${discards[@]}" "${writes[@]}" | qemu-io -f qcow2 -t unsafe -d unmap "$image" >"$scratch/said"
  for line in "${writes[@]}"; do
    at=${line% *} at=${at##* }
    read_cluster "$image" "$at" "$scratch/again"
    cmp -s -- "$scratch/again" "$scratch/$at" ||
      refuse 'a cluster did not get into the image' 'what the overlay holds' "$(head -n 1 "$scratch/said")" 'is the disk full?'
  done
}

# All three arguments are absolute paths.
main() {
  local image=$1 tree=$2 run=$3 status overlay=$3/overlay.qcow2
  cluster=$(qemu-img info --output=json "$image" | sed -n 's/^ *"cluster-size": \([0-9]*\),*$/\1/p')
  qemu-img create -q -f qcow2 -o "cluster_size=$cluster" -b "$image" -F qcow2 "$overlay"
  overlay_export "$overlay" "$run"
  # Not behind a `||`, where bash would ignore a failure inside. Whatever fails, the export is closed first.
  set +e
  (set -e && insert "$tree" "$run")
  status=$?
  set -e
  if ((status != 0)) && [[ -s $run/said ]]; then tail -n 5 -- "$run/said" >&2; fi
  overlay_close "$run" "$overlay"
  ((status == 0)) || return "$status"
  mkdir "$run/clusters"
  fold "$overlay" "$image" "$run/clusters"
}

main "$@"

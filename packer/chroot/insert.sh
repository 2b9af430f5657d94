#!/usr/bin/env bash
# Puts new files into the root file system of a qcow2 image, in place: insert.sh IMAGE TREE RUN. TREE mirrors the guest's `/`; RUN is an empty
# folder for the export. All files become root's.
#
# Never by mounting it: ext4 would write times and counters of its own, and the same image would give another box each time. debugfs writes
# with the time that it is told, and so the same image and tree give the same bytes.
set -Eeuo pipefail

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
# shellcheck source-path=SCRIPTDIR source=overlay.sh
. "$here/overlay.sh"

# 2000-01-01, for want of a better one: no archiver takes it for before its own epoch.
readonly epoch=946684800

# debugfs ends with 0 whatever it was told, so nothing is believed that was not read again.
ask() { debugfs -R "$1" "$device" 2>/dev/null; }

# What stands in debugfs's own language: a blank or quote in a path would be several words.
plain() { [[ $1 =~ ^[A-Za-z0-9._/-]+$ ]] || refuse 'a path that debugfs cannot be told' 'letters, digits and ._-/' "$1"; }

# In the tree's own folder, so that only guest paths are told to debugfs and none of this machine.
commands_for() {
  local path=/$1 mode=0100644
  plain "$path"
  [[ $(ask "stat ${path%/*}") == *'Type: directory'* ]] ||
    refuse "the image has no folder ${path%/*}" 'an image that boxhound has baked' 'none' 'bake it again: npm run bake'
  [[ $(ask "stat $path") != *Inode:* ]] ||
    refuse "the image holds $path already" 'an image without it' 'a file' 'a golden image has no part of a Vagrant box: bake it again'
  if [[ -x $1 ]]; then mode=0100755; fi
  # By a change of folder: older versions take a path for a name.
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

# IMAGE, TREE and RUN as absolute paths.
main() {
  local image=$1 tree=$2 run=$3 status
  overlay_export "$image" "$run"
  # Not behind a `||`, where bash would go on after a failure inside; and whatever fails, the export is closed before all ends.
  set +e
  (set -e && insert "$tree" "$run")
  status=$?
  set -e
  if ((status != 0)) && [[ -s $run/said ]]; then tail -n 5 -- "$run/said" >&2; fi
  overlay_close "$run" "$image"
  return "$status"
}

main "$@"

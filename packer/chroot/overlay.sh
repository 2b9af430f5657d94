#!/usr/bin/env bash
# Opens a qcow2 overlay as a mounted root file system and closes it again. Sourced, never run.
#
# qemu-storage-daemon exports the overlay as one plain file over FUSE and the kernel mounts the partition in it, so a
# layer costs neither a boot nor a copy (performance.md). All of it lives in the mount and process namespace of the
# bake: when that dies, however it dies, kernel and FUSE drop mounts, loop devices and the daemon with it.

# overlay_create FILE BACKING: BACKING stands in FILE's folder, so the chain stays valid when the store moves.
overlay_create() {
  local file=$1 backing=$2
  qemu-img create -q -f qcow2 -o lazy_refcounts=on,extended_l2=on,cluster_size=128k \
    -b "$(basename -- "$backing")" -F qcow2 "$file"
}

# overlay_root_offset DISK: byte offset of the root partition. Partition nodes never appear for such a file, so the
# file system is mounted by offset.
overlay_root_offset() {
  local start
  start=$(partx --show --noheadings --nr 1 --output START -- "$1")
  start=${start//[[:space:]]/}
  [[ $start =~ ^[0-9]+$ ]] || {
    echo "no partition 1 in $1" >&2
    return 1
  }
  echo $((start * 512))
}

# overlay_export FILE RUN: FILE's content as the plain file RUN/disk; RUN is an empty folder.
overlay_export() {
  local file=$1 run=$2
  : >"$run/disk"
  # no-flush: the file is synced once when it is closed, not at each of dpkg's syncs.
  qemu-storage-daemon --daemonize --pidfile "$run/daemon.pid" \
    --blockdev "driver=file,node-name=file,filename=$file,discard=unmap,cache.no-flush=on" \
    --blockdev "driver=qcow2,node-name=disk,file=file,discard=unmap,detect-zeroes=unmap,cache.no-flush=on" \
    --export "type=fuse,id=export,node-name=disk,mountpoint=$run/disk,writable=on"
}

# overlay_mount RUN TARGET: mounts the exported root file system. Never in the daemon's own mount namespace: were the daemon the last to
# leave that, killed along with all the others, it would have to answer the very writes that its end waits for, and hang for ever.
overlay_mount() {
  local run=$1 target=$2 offset
  offset=$(overlay_root_offset "$run/disk")
  mount -t ext4 -o "loop,offset=$offset,noatime,commit=300" "$run/disk" "$target"
}

# overlay_unmount TARGET: fails when something could not be written, which umount would not tell (fault 30).
overlay_unmount() {
  local target=$1 status=0
  sync -f -- "$target" || status=$?
  umount --recursive "$target"
  return "$status"
}

# overlay_zeroes DISK: qemu-io's commands that make every free block of the root file system read as zero.
overlay_zeroes() {
  local disk=$1 offset
  offset=$(overlay_root_offset "$disk")
  dumpe2fs "$disk?offset=$offset" 2>/dev/null | awk -v offset="$offset" '
    /^Block size:/ { size = $3 }
    sub(/^  Free blocks: /, "") && $0 != "" {
      count = split($0, ranges, ", ")
      for (i = 1; i <= count; i++) {
        last = split(ranges[i], range, "-")
        printf "write -q -z -u %.0f %.0f\n", offset + range[1] * size, (range[last] - range[1] + 1) * size
      }
    }'
}

# overlay_close RUN FILE [zero]: everything written is in FILE, and FILE on the disk, when this returns. With `zero` no free block holds
# what was deleted (fault 47): a trim reaches whole clusters only, and leaves the blocks of deleted files beside used ones.
overlay_close() {
  local run=$1 file=$2 pid
  if [[ ${3-} == zero ]]; then overlay_zeroes "$run/disk" >"$run/zeroes"; fi
  pid=$(<"$run/daemon.pid")
  kill -TERM "$pid"
  # The daemon is no child of this shell: it is gone when its /proc entry is.
  while [[ -e /proc/$pid && $(<"/proc/$pid/stat") != *") Z "* ]]; do sleep 0.005; done
  if [[ -s $run/zeroes ]]; then qemu-io -f qcow2 -t unsafe "$file" <"$run/zeroes" >/dev/null; fi
  sync -- "$file"
}

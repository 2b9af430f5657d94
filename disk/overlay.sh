#!/usr/bin/env bash
# Opens a qcow2 overlay as a mounted root file system, and closes it again. Sourced, never run.
#
# qemu-storage-daemon exports the overlay over FUSE as one plain file and the kernel mounts the partition in it, so a
# layer costs neither a boot nor a copy. All of this lives in the bake's mount and process namespaces: however the bake
# ends, the kernel and FUSE then remove the mounts, loop devices and the daemon.

# shellcheck source-path=SCRIPTDIR source=partitions.sh
. "${BASH_SOURCE[0]%/*}/partitions.sh"
# shellcheck source-path=SCRIPTDIR source=fstab.sh
. "${BASH_SOURCE[0]%/*}/fstab.sh"
# shellcheck source-path=SCRIPTDIR source=python.sh
. "${BASH_SOURCE[0]%/*}/python.sh"

# File systems that overlay_mount has mounted, in that order.
declare -a overlay_mounted=()

# overlay_create FILE BACKING: BACKING is in FILE's folder, so the chain stays valid when the store moves.
overlay_create() {
  local file=$1 backing=$2
  qemu-img create -q -f qcow2 -o lazy_refcounts=on,extended_l2=on,cluster_size=128k \
    -b "$(basename -- "$backing")" -F qcow2 "$file"
}

# QEMU splits option values at commas; a doubled comma is a literal one.

# overlay_export FILE RUN [START BYTES]: exports FILE's content, or only these bytes of it, as the plain file RUN/disk;
# RUN is an empty folder.
overlay_export() {
  local file=$1 run=$2 node=disk
  local -a part=()
  if [[ $# -gt 2 ]]; then
    node=part
    part=(--blockdev "driver=raw,node-name=part,file=disk,offset=$3,size=$4")
  fi
  : >"$run/disk"
  # no-flush: sync the file once when it is closed, not for each of dpkg's syncs.
  qemu-storage-daemon --daemonize --pidfile "$run/daemon.pid" \
    --blockdev "driver=file,node-name=file,filename=${file//,/,,},discard=unmap,cache.no-flush=on" \
    --blockdev "driver=qcow2,node-name=disk,file=file,discard=unmap,detect-zeroes=unmap,cache.no-flush=on" "${part[@]}" \
    --export "type=fuse,id=export,node-name=$node,mountpoint=${run//,/,,}/disk,writable=on"
}

# overlay_export_read_only FILE RUN: the same, but FILE is never written; others may read it at the same time.
overlay_export_read_only() {
  local file=$1 run=$2
  : >"$run/disk"
  qemu-storage-daemon --daemonize --pidfile "$run/daemon.pid" \
    --blockdev "driver=file,node-name=file,filename=${file//,/,,},read-only=on" \
    --blockdev "driver=qcow2,node-name=disk,file=file,read-only=on" \
    --export "type=fuse,id=export,node-name=disk,mountpoint=${run//,/,,}/disk"
}

# overlay_mount RUN TARGET [ACCESS]: mounts the exported root file system, and below it what else of this disk its fstab
# mentions; ACCESS is rw or ro,noload plus further options. Device nodes have no effect in it. Never call this in the
# daemon's own mount namespace: if everything is killed and the daemon is the last to leave it, the daemon would have to
# answer the very writes that its own exit waits for, and would hang forever.
# have to answer the very writes that its end waits for, and hang for ever.
overlay_mount() {
  local run=$1 target=$2 access=${3-rw} point
  partitions_read "$run/disk" || return
  partitions_find_root "$run/disk" || return
  fstab_read "$run/disk" || return
  overlay_mounted=()
  overlay_mount_partition "$run/disk" "$partition_root" "$target" "$access" || return
  overlay_plain_path "$target" /etc/fstab '/etc/fstab' || return
  for point in "${mount_points[@]}"; do
    overlay_plain_path "$target" "$point" '/etc/fstab' || return
    if [[ ! -d $target$point ]]; then
      # systemd creates missing mount points at boot; a read-only mount goes without them.
      [[ $access == rw ]] || continue
      mkdir -p -- "$target$point"
    fi
    overlay_mount_partition "$run/disk" "${mount_partition[$point]}" "$target$point" "$access" || return
  done
}

# overlay_plain_path TARGET PATH [WHO]: refuses a PATH with a link in it, which the host would follow out of TARGET. WHO
# says where PATH comes from: a file of the image, or by default only this builder.
overlay_plain_path() {
  local target=$1 path=$2 who=${3-} part at='' says='a layer needs'
  local -a parts
  if [[ -n $who ]]; then says="$who names"; fi
  mapfile -d / -t parts < <(printf %s "${path#/}")
  for part in "${parts[@]}"; do
    at+=/$part
    [[ $part != .. && ! -L $target$at ]] || {
      refuse "$says $path, and ${at} is a link" 'a plain folder' "${at} -> $(readlink -- "$target$at")" \
        "${who:+name the folder itself in $who, or }take another image"
      return
    }
  done
}

# overlay_mount_partition DISK NUMBER FOLDER ACCESS: mounts by offset and length, so that one disk's loop devices don't
# overlap.
overlay_mount_partition() {
  local disk=$1 number=$2 folder=$3 access=$4 options
  options=loop,offset=${partition_start[number]},sizelimit=${partition_bytes[number]},noatime,nodev
  if [[ ${partition_fs[number]} == vfat ]]; then
    overlay_mount_vfat "$disk" "$folder" "$options" "${access%%,*}"
    return
  fi
  # A file system without a journal refuses the option `commit`.
  if [[ $access != rw ]] || ! mount -t ext4 -o "$options,rw,commit=300" "$disk" "$folder" 2>/dev/null; then
    mount -t ext4 -o "$options,$access" "$disk" "$folder" || return
  fi
  overlay_mounted+=("$folder")
}

# A kernel without vfat cannot mount an EFI system partition. Then an empty read-only folder covers its mount point: a
# package that wants to change the boot loader fails, instead of writing to a place that nothing boots from (fault 48).
overlay_mount_vfat() {
  local disk=$1 folder=$2 options=$3 access=$4
  if mount -t vfat -o "$options,$access" "$disk" "$folder" 2>/dev/null; then
    overlay_mounted+=("$folder")
  elif grep -qw vfat /proc/filesystems; then
    mount -t vfat -o "$options,$access" "$disk" "$folder" # once more, for its message
  else
    echo "image: this machine's kernel has no vfat: ${folder##*/} stays as it is, nothing can be written to it"
    mount -t tmpfs -o ro,size=4k,mode=700 tmpfs "$folder"
  fi
}

# overlay_trim: returns free space to the image (fault 47). Not every kernel can trim vfat.
overlay_trim() {
  local folder
  for folder in "${overlay_mounted[@]}"; do
    sync -f -- "$folder" || return
    fstrim -- "$folder" || [[ $(stat --file-system --format %T -- "$folder") == msdos ]] || return
  done
}

# overlay_unmount TARGET: fails if something could not be written, which umount does not report (fault 30).
overlay_unmount() {
  local target=$1 folder status=0
  for folder in "${overlay_mounted[@]}"; do
    sync -f -- "$folder" || status=$?
  done
  umount --recursive "$target"
  return "$status"
}

# overlay_zeroes DISK: prints qemu-io commands that zero every free block of every file system. None may have a journal
# that needs replaying, since its list of free blocks would be wrong.
overlay_zeroes() {
  local disk=$1 number offset header
  partitions_read "$disk" || return
  for number in "${partition_numbers[@]}"; do
    offset=${partition_start[number]}
    case ${partition_fs[number]} in
      ext[234])
        header=$(tune2fs -l "$disk?offset=$offset") || return
        if [[ $header == *needs_recovery* ]]; then
          echo "image: partition $number was not unmounted" >&2
          return 1
        fi
        [[ $header =~ Block\ size:\ +([0-9]+) ]] || return
        overlay_free_blocks "$disk?offset=$offset" | awk -v offset="$offset" -v size="${BASH_REMATCH[1]}" '
          { printf "write -q -z -u %.0f %.0f\n", offset + $1 * size, ($2 - $1 + 1) * size }' || return
        ;;
      vfat) "$python" -IB "${BASH_SOURCE[0]%/*}/fat.py" zeroes "$disk" "$offset" || return ;;
    esac
  done
}

# overlay_free_blocks DEVICE: prints the first and last block of each free run. Newer versions of dumpe2fs take the
# equals sign of an offset for a LABEL= and give up; debugfs accepts it, but lists single blocks, which costs some
# tenths of a second.
overlay_free_blocks() {
  if dumpe2fs -h "$1" >/dev/null 2>&1; then
    dumpe2fs "$1" 2>/dev/null | awk '
      sub(/^  Free blocks: /, "") && $0 != "" {
        count = split($0, ranges, ", ")
        for (i = 1; i <= count; i++) {
          last = split(ranges[i], range, "-")
          print range[1], range[last]
        }
      }'
  else
    debugfs -R 'find_free_block 2000000000 0' "$1" 2>/dev/null | awk -v RS='[ \n]+' '
      !/^[0-9]+$/ { next }
      first != "" && $1 == last + 1 { last = $1; next }
      { if (first != "") print first, last; first = last = $1 }
      END { if (first != "") print first, last }'
  fi
}

# overlay_daemon_lives PID: the daemon is no child of this shell, so the only sign of its end is that its /proc entry is
# gone.
overlay_daemon_lives() {
  local stat
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null && [[ $stat != *") Z "* ]]
}

# overlay_drop RUN: removes an export, whatever state it is in, so that RUN can be deleted.
overlay_drop() {
  if [[ -e $1/daemon.pid ]]; then kill -KILL "$(<"$1/daemon.pid")" 2>/dev/null || true; fi
  umount --quiet --lazy -- "$1/disk" 2>/dev/null || true
}

# overlay_close RUN FILE [zero]: when this returns, everything written is in FILE, and FILE is on the disk. With `zero`
# no free block contains deleted data (fault 47): a trim only reaches whole clusters, and leaves blocks of deleted files
# next to used ones.
overlay_close() {
  local run=$1 file=$2 pid
  if [[ ${3-} == zero ]]; then overlay_zeroes "$run/disk" >"$run/zeroes"; fi
  pid=$(<"$run/daemon.pid")
  kill -TERM "$pid"
  while overlay_daemon_lives "$pid"; do sleep 0.005; done
  if [[ -s $run/zeroes ]]; then qemu-io -f qcow2 -t unsafe "$file" <"$run/zeroes" >/dev/null; fi
  sync -- "$file"
}

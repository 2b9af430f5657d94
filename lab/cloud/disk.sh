#!/usr/bin/env bash
# The cloud image as a raw disk: partitioning and mounting. Sourced, never run.

# Sizes, partition numbers and sectors (of 512 bytes, first and last) of Ubuntu 24.04's image. The root file system
# comes last so that it can grow.
readonly disk_bytes=3758096384 bios_first=2048 bios_last=10239 esp_first=10240 esp_last=227327 boot_first=227328 boot_last=2097152 \
  root_first=2099200 root_last=7339998

# orphan_file and metadata_csum_seed are newer than the kernels and tools on some machines that run boxhound.
make_ext4() {
  local disk=$1 label=$2 first=$3 last=$4
  shift 4
  mke2fs -q -t ext4 -L "$label" -b 4096 -m 0 -O ^orphan_file,^metadata_csum_seed \
    -E "offset=$((first * 512)),lazy_itable_init=0,lazy_journal_init=0,nodiscard" "$@" "$disk" "$(((last - first + 1) / 8))"
}

make_disk() {
  local disk=$1
  truncate -s "$disk_bytes" "$disk"
  "$(dirname -- "${BASH_SOURCE[0]}")/gpt.py" "$disk" "1:linux:$root_first:$root_last" "14:bios:$bios_first:$bios_last" \
    "15:esp:$esp_first:$esp_last" "16:xbootldr:$boot_first:$boot_last"
  make_ext4 "$disk" BOOT "$boot_first" "$boot_last"
  make_ext4 "$disk" cloudimg-rootfs "$root_first" "$root_last" -i 8192 -J size=64
}

# mount_part DISK FIRST LAST FOLDER: mounts through a loop device by offset, since not every machine has partition
# nodes.
mount_part() {
  local disk=$1 first=$2 last=$3 folder=$4
  mkdir -p "$folder"
  mount -o "loop,offset=$((first * 512)),sizelimit=$(((last - first + 1) * 512)),noatime,nobarrier" "$disk" "$folder"
}

# Creates what the tools of GRUB and initramfs look for. Device nodes of the mounted file systems, under names that pass
# as whole disks: for a root on /dev/loopN 10_linux writes no entry at all. And links by UUID and label, without which
# the kernel would get the host's device as its root and the initramfs no fsck.
make_nodes() {
  local root=$1 point source node kind
  mount -t tmpfs -o mode=755 tmpfs "$root/dev"
  mkdir -p "$root"/dev/disk/by-{uuid,label}
  for node in null zero random urandom tty; do
    : >"$root/dev/$node"
    mount --bind "/dev/$node" "$root/dev/$node"
  done
  for point in / /boot; do
    source=$(findmnt -no SOURCE "$root$point")
    node=image${point//\//-}
    mknod "$root/dev/$node" b "0x$(stat -c %t "$source")" "0x$(stat -c %T "$source")"
    ln -s "$node" "$root$source"
    for kind in uuid label; do
      ln -s "../../$node" "$root/dev/disk/by-$kind/$(findmnt -no "$kind" "$root$point")"
    done
  done
}

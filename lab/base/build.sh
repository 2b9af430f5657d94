#!/bin/bash
# Builds the lab's base image: Debian 13 that boots by BIOS from a single ext4 partition, gets its address by DHCP, has
# a serial console and allows no logins. Runs as root on Debian 12 or newer, or Ubuntu.
#
#   build.sh OUT.qcow2
#
# Exits 3 if the machine lacks a program. The image gets its name only once it is complete.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

readonly suite=trixie label=boxhound-root size=4G offset=1048576
readonly keyring=/usr/share/keyrings/debian-archive-keyring.gpg
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
readonly here

say() {
  printf 'base: %s (%d s)\n' "$1" "$SECONDS"
}

need() {
  local program package
  for program in "$@"; do
    package=${program#*:}
    command -v "${program%:*}" >/dev/null || { printf 'base: %s is missing: apt-get install %s\n' "${program%:*}" "$package" >&2; exit 3; }
  done
  [[ -r $keyring ]] || { printf 'base: %s is missing: apt-get install debian-archive-keyring\n' "$keyring" >&2; exit 3; }
  [[ -r /usr/lib/EXTLINUX/mbr.bin ]] || { printf 'base: mbr.bin is missing: apt-get install extlinux\n' >&2; exit 3; }
}

# Creates one bootable partition from 1 MiB to the end, written directly as the table's 16 bytes: active, type 83,
# sectors counted from 2048. sfdisk would sync every file system of the machine. The file system is without 64bit,
# orphan_file and metadata_csum_seed, which extlinux 6.04 can't read.
make_disk() {
  local raw=$1
  truncate -s "$size" "$raw"
  dd if=/usr/lib/EXTLINUX/mbr.bin of="$raw" bs=440 count=1 conv=notrunc status=none
  printf '\x80\xfe\xff\xff\x83\xfe\xff\xff\x00\x08\x00\x00\x00\xf8\x7f\x00' |
    dd of="$raw" bs=1 seek=446 conv=notrunc status=none
  printf '\x55\xaa' | dd of="$raw" bs=1 seek=510 conv=notrunc status=none
  mke2fs -q -t ext4 -L "$label" -m 1 -N 131072 -J size=32 -O ^64bit,^orphan_file,^metadata_csum_seed \
    -E "offset=$offset,lazy_itable_init=0,lazy_journal_init=0,nodiscard" "$raw" "$((4096 - 2))M"
}

# mmdebstrap writes straight into the mounted file system, without a copy. The kernel's own hook is told not to make an
# initramfs, since the last step makes one anyway.
bootstrap() {
  local root=$1 packages
  local -a sources=()
  packages=$(grep -v '^#' "$here/packages.txt" | paste -sd, -)
  mapfile -t sources < <("$here/mirror.sh" "$suite" "$keyring")
  INITRD=No mmdebstrap --mode=root --variant=apt --format=directory --quiet --keyring="$keyring" --include="$packages" \
    --dpkgopt="$here/dpkg.cfg" --dpkgopt=force-unsafe-io --aptopt='Acquire::Languages "none"' --aptopt='APT::Sandbox::User "root"' \
    --setup-hook="cp -r --no-preserve=ownership '$here/root/.' \"\$1/\"" --setup-hook="$here/network.sh" --skip=cleanup/apt/cache \
    "$suite" "$root" "${sources[@]}"
  "$here/network.sh" --away "$root" "$suite" "$keyring"
}

# Settings that only make sense once the packages are installed.
configure() {
  local root=$1 generator
  local -a units=()
  # force-unsafe-io was for this build only; leaving out documentation applies to the layers too.
  rm -f "$root/etc/dpkg/dpkg.cfg.d/99mmdebstrap" "$root/etc/apt/apt.conf.d/99mmdebstrap"
  install -m 0644 "$here/dpkg.cfg" "$root/etc/dpkg/dpkg.cfg.d/boxhound"
  printf 'LABEL=%s / ext4 rw,noatime,errors=remount-ro 0 1\n' "$label" >"$root/etc/fstab"
  printf 'boxhound\n' >"$root/etc/hostname"
  chmod 0644 "$root/etc/hostname"
  printf '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n' >"$root/etc/hosts"
  ln -sf ../run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"
  rm -f "$root"/etc/ssh/ssh_host_*
  : >"$root/etc/machine-id"
  chroot "$root" passwd --quiet --lock root
  chroot "$root" systemctl --quiet enable systemd-networkd.service systemd-resolved.service ssh.service
  chroot "$root" systemctl --quiet set-default multi-user.target
  mapfile -t units < <(grep -v '^#' "$here/masked-units.txt")
  chroot "$root" systemctl --quiet mask -- "${units[@]}"
  mkdir -p "$root/etc/systemd/system-generators"
  while read -r generator; do
    ln -s /dev/null "$root/etc/systemd/system-generators/$generator"
  done < <(grep -v '^#' "$here/masked-generators.txt")
}

# The kernel was installed without an initramfs, so /initrd.img is not linked yet. Use the tool that the kernel's own
# scripts use.
make_bootable() {
  local root=$1 version
  version=$(basename -- "$root"/lib/modules/*)
  chroot "$root" update-initramfs -c -k "$version" >/dev/null
  chroot "$root" linux-update-symlinks install "$version" "/boot/vmlinuz-$version"
  mkdir -p "$root/boot/extlinux"
  install -m 0644 "$here/extlinux.conf" "$root/boot/extlinux/extlinux.conf"
  extlinux --install "$root/boot/extlinux" >/dev/null 2>&1
}

# Runs in its own mount and process namespaces: whatever ends this process, even SIGKILL, also ends its children, mount
# and loop device.
inside() {
  local work=$1 root=$1/root
  mkdir "$root"
  make_disk "$work/disk.raw"
  mount -o "loop,offset=$offset,noatime,nobarrier" "$work/disk.raw" "$root"
  say 'disk made, installing Debian'
  bootstrap "$root"
  say 'packages installed'
  mount -t proc proc "$root/proc"
  configure "$root"
  make_bootable "$root"
  umount "$root/proc"
  say 'bootable'
  rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/var/cache/apt/archives/*.deb "$root"/var/log/{apt,dpkg.log,bootstrap.log}
  sync -f "$root"
  fstrim "$root"
  umount "$root"
  e2fsck -fn "$work/disk.raw?offset=$offset" >"$work/fsck.log" 2>&1 || { cat "$work/fsck.log" >&2; return 1; }
  qemu-img convert -f raw -O qcow2 -m 4 -W "$work/disk.raw" "$work/disk.qcow2"
  sync "$work/disk.qcow2"
}

main() {
  if [[ ${1:-} == --inside ]]; then
    inside "$2"
    return
  fi
  [[ $# -eq 1 && $1 == *.qcow2 ]] || { printf 'usage: build.sh OUT.qcow2\n' >&2; exit 2; }
  [[ $EUID -eq 0 ]] || { printf 'base: run it as root\n' >&2; exit 3; }
  need mmdebstrap:mmdebstrap extlinux:extlinux mke2fs:e2fsprogs fstrim:util-linux qemu-img:qemu-utils
  local out work
  out=$(realpath -m -- "$1")
  work=$(mktemp -d -- "$out.partial-XXXXXX")
  # shellcheck disable=SC2064 # expand the name now
  trap "rm -rf -- '$work'" EXIT
  unshare --mount --pid --fork --kill-child --mount-proc -- "$here/build.sh" --inside "$work"
  mv -f -- "$work/disk.qcow2" "$out"
  say "done, $(stat -c %s "$out") bytes"
}

main "$@"

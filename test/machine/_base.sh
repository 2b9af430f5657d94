#!/usr/bin/env bash
# Makes a disk image of some tens of MB to bake on, from programs of this machine: _base.sh OUT.qcow2 [FSTAB]. A bake on it takes a second or two
# and runs the real engine: bash, coreutils, find, tar, apt and dpkg are there, no package is installed and nothing boots. With the text
# of an FSTAB the disk is laid out as Ubuntu's cloud images are: root, /boot and EFI partition.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

readonly programs=(bash cat chmod chown cp date dd dpkg dpkg-query env find head ln mkdir mv rm sed setsid sleep sort stat sync systemctl tar
  tee timeout touch tr unshare xargs apt-cache apt-get apt-mark cut fstrim sha256sum chroot mknod mount perl)
readonly offset=1048576

# copy_program ROOT PATH: with the libraries that it is linked to.
copy_program() {
  local root=$1 path=$2 library
  install -D -m 0755 "$path" "$root$path"
  while read -r library; do
    [[ -e $root$library ]] || install -D -m 0755 "$library" "$root$library"
  done < <(ldd "$path" 2>/dev/null | grep -o '/[^ ]*' || true)
}

make_root() {
  local root=$1 name path
  mkdir -p "$root"/{proc,sys,dev,run,tmp,etc/apt/{sources.list.d,preferences.d,apt.conf.d,trusted.gpg.d},root} \
    "$root"/usr/{bin,sbin,lib,lib64} "$root"/var/{lib/{apt/lists,dpkg/info},cache/apt,log}
  for name in bin sbin lib lib64; do ln -s "usr/$name" "$root/$name"; done
  for name in "${programs[@]}"; do copy_program "$root" "$(readlink -f -- "$(command -v "$name")")"; done
  ln -s bash "$root/usr/bin/sh"
  for path in /usr/lib/apt/methods/{http,store,copy,gpgv}; do copy_program "$root" "$path"; done
  install -D -m 0644 -t "$root/usr/share/dpkg" /usr/share/dpkg/*table
  printf 'root:x:0:0:root:/root:/bin/bash\n_apt:x:42:65534::/nonexistent:/bin/false\n' >"$root/etc/passwd"
  printf 'root:x:0:\nadm:x:4:\nnogroup:x:65534:\n' >"$root/etc/group"
  printf "%s\n" "Package: tiny" "Status: install ok installed" "Architecture: all" "Version: 1.0" "Maintainer: none" "Description: none" >"$root/var/lib/dpkg/status"
}

# Ubuntu's numbers: 1 is the root and lies last.
make_cloud_disk() {
  local root=$1 disk=$2
  python3 "$(dirname -- "$0")/../disk/disks.py" "$disk" <<JSON
{"size": 240, "partitions": [
  {"number": 1, "start": 78, "size": 160, "fs": "ext4", "label": "cloudimg-rootfs", "tree": "$root"},
  {"number": 14, "start": 1, "size": 4, "type": "21686148-6449-6e6f-744e-656564454649"},
  {"number": 15, "start": 5, "size": 20, "type": "c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "fs": "vfat", "label": "UEFI"},
  {"number": 16, "start": 26, "size": 48, "fs": "ext4", "label": "BOOT", "files": {"efi/.keep": ""}}
]}
JSON
}

main() {
  local out=$1 work
  work=$(mktemp -d)
  # shellcheck disable=SC2064 # the name is fixed now
  trap "rm -rf -- '$work'" EXIT
  make_root "$work/root"
  if declare -F more_root >/dev/null; then more_root "$work/root"; fi
  if [[ $# -gt 1 ]]; then
    mkdir "$work/root/boot"
    printf '%s' "$2" >"$work/root/etc/fstab"
    make_cloud_disk "$work/root" "$work/disk"
  else
    truncate -s 160M "$work/disk"
    printf 'label: dos\nstart=1MiB, type=83\n' | sfdisk --quiet "$work/disk"
    mke2fs -q -t ext4 -d "$work/root" -E "offset=$offset,lazy_itable_init=0" "$work/disk" 158M
  fi
  qemu-img convert -f raw -O qcow2 "$work/disk" "$out"
}

# Sourced by who has more to put into it.
[[ ${BASH_SOURCE[0]} != "$0" ]] || main "$@"

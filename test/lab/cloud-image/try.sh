#!/bin/bash
# Proves the cloud image by booting disposable copies of it: try.sh IMAGE [SCENARIO…], root on a machine that can run build.sh.
#
#   content   what lies in the image: partitions, fstab, no user, no key, no identity
#   bios      BIOS, virtio-blk, disk enlarged, NoCloud seed: a login over SSH, root grown, /boot and /boot/efi mounted
#   uefi      the same by UEFI with Secure Boot's chain of loaders, on virtio-scsi
#   unseeded  no seed, on SATA: cloud-init keeps out of the way, and the machine boots
#   ide       the same on IDE
#   kernel    another kernel installed and this one removed in a chroot: what GRUB then boots is the other one
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
readonly here
# shellcheck source=lab/cloud/disk.sh
. "$here/../../../lab/cloud/disk.sh"
# shellcheck source=test/lab/cloud-image/machine.sh
. "$here/machine.sh"

need() {
  local program
  for program in "$@"; do
    command -v "${program%:*}" >/dev/null || { printf 'try: %s is missing: apt-get install %s\n' "${program%:*}" "${program#*:}" >&2; exit 3; }
  done
}

content() {
  local root=$work/root disk=$work/disk.raw table text point
  qemu-img convert -f qcow2 -O raw "$image" "$disk"
  table=$(sfdisk --json "$disk" | tr -d ' \n')
  for text in "14:2048:8192:21686148-6449-6E6F-744E-656564454649" "15:10240:217088:C12A7328-F81F-11D2-BA4B-00A0C93EC93B" \
    "16:227328:1869825:BC13C2FF-59E6-4262-A352-B275FD6F7172" "1:2099200:5240799:0FC63DAF-8483-4772-8E79-3D69D8477DE4"; do
    IFS=: read -r number first sectors type <<<"$text"
    expect "partition $number" "\"start\":$first,\"size\":$sectors,\"type\":\"$type\"" "$table"
  done
  expect 'a GUID partition table' '"label":"gpt"' "$table"
  expect 'ESP' 'LABEL="UEFI".* TYPE="vfat"' "$(blkid --probe --offset $((esp_first * 512)) --size $(((esp_last - esp_first + 1) * 512)) "$disk")"
  for point in "$root_first" "$boot_first"; do
    expect "file system at sector $point is clean" '^0$' "$(e2fsck -fn "$disk?offset=$((point * 512))" >/dev/null 2>&1; echo $?)"
  done
  mount_part "$disk" "$root_first" "$root_last" "$root"
  mount_part "$disk" "$boot_first" "$boot_last" "$root/boot"
  expect 'fstab: root' '^LABEL=cloudimg-rootfs / ext4 discard,commit=30,errors=remount-ro 0 1$' "$(<"$root/etc/fstab")"
  expect 'fstab: /boot' '^LABEL=BOOT /boot ext4 defaults 0 2$' "$(<"$root/etc/fstab")"
  expect 'fstab: ESP' '^LABEL=UEFI /boot/efi vfat umask=0077 0 1$' "$(<"$root/etc/fstab")"
  expect 'no user, root locked' '^root:[*!]+$' "$(awk -F: '$3 == 0 || $3 >= 1000 && $3 < 65534 { print $1 }' "$root/etc/passwd" |
    while read -r user; do awk -F: -v user="$user" '$1 == user { print $1 ":" $2 }' "$root/etc/shadow"; done | paste -sd ' ')"
  expect 'no host key, empty machine id' '^0 0$' "$(find "$root/etc/ssh" -name 'ssh_host_*' | wc -l) $(stat -c %s "$root/etc/machine-id")"
  expect 'no trace of an instance' '^0$' "$(find "$root"/var/lib/{cloud,apt/lists} -type f 2>/dev/null | wc -l)"
  expect 'apt sources in deb822' '^debian.sources$' "$(cd "$root/etc/apt" && find . -name '*.list' -o -name '*.sources' | sed 's|.*/||')"
  expect 'kernel entry' 'root=UUID=.* ro .*console=tty1 console=ttyS0$' "$(grep -m 1 -E '^\s+linux' "$root/boot/grub/grub.cfg")"
  umount "$root/boot" "$root"
  rm "$disk"
}

# Another version of the kernel from the distribution, as an upgrade in a layer would bring it. GRUB boots the newest there is, so the one
# that the image came with is removed. The kernel's own hook for GRUB does nothing here, since systemd 257 takes every process namespace of
# one's own for a container: whoever changes a kernel in such a chroot runs update-grub.
kernel() {
  local root=$work/root disk=$work/kernel.raw old new
  qemu-img convert -f qcow2 -O raw "$image" "$disk"
  mount_part "$disk" "$root_first" "$root_last" "$root"
  mount_part "$disk" "$boot_first" "$boot_last" "$root/boot"
  mount -t proc proc "$root/proc"
  mount -t tmpfs tmpfs "$root/run"
  mkdir -p "$root/run/systemd/resolve"
  cp /etc/resolv.conf "$root/run/systemd/resolve/stub-resolv.conf"
  make_nodes "$root"
  old=$(basename -- "$root"/lib/modules/*)
  chroot "$root" apt-get -qq update
  export DEBIAN_FRONTEND=noninteractive
  new=$(chroot "$root" apt-cache pkgnames linux-image-6 | sed -n 's/^linux-image-\(.*-cloud-amd64\)$/\1/p' | grep -vxF "$old" | sort -V | tail -n 1)
  expect 'the distribution has another kernel' '-cloud-amd64$' "$new"
  { chroot "$root" apt-get -qq -y install "linux-image-$new" && chroot "$root" apt-get -qq -y purge "linux-image-$old"; } \
    >"$work/apt.log" 2>&1 || { cat "$work/apt.log"; return 1; }
  chroot "$root" update-grub 2>/dev/null
  umount --recursive "$root/dev" "$root/run" "$root/proc" "$root/boot" "$root"
  overlay kernel "$disk" raw
  unseeded kernel "${new//+/\\+}" -drive "file=$work/kernel.qcow2,if=virtio,format=qcow2"
}

firmware() {
  cp /usr/share/OVMF/OVMF_VARS_4M.fd "$work/vars.fd"
}

scenario() {
  local version='[0-9].*-cloud-amd64'
  printf '%s\n' "$1"
  case $1 in
    content) content ;;
    bios) seeded bios BIOS -drive "file=$work/bios.qcow2,if=virtio,format=qcow2" -drive "file=$work/seed.iso,if=virtio,format=raw,readonly=on" ;;
    uefi)
      firmware
      seeded uefi UEFI -machine q35 -drive if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd \
        -drive "if=pflash,format=raw,file=$work/vars.fd" -device virtio-scsi-pci \
        -drive "file=$work/uefi.qcow2,if=none,id=disk,format=qcow2" -device scsi-hd,drive=disk \
        -drive "file=$work/seed.iso,if=none,id=seed,format=raw,readonly=on" -device scsi-cd,drive=seed
      ;;
    unseeded)
      overlay unseeded "$image"
      unseeded unseeded "$version" -machine q35 -drive "file=$work/unseeded.qcow2,if=none,id=disk,format=qcow2" -device ide-hd,drive=disk
      ;;
    ide)
      overlay ide "$image"
      unseeded ide "$version" -machine pc -drive "file=$work/ide.qcow2,if=ide,format=qcow2"
      ;;
    kernel) kernel ;;
    *) printf 'try: no scenario %s\n' "$1" >&2; return 2 ;;
  esac
}

main() {
  local name
  if [[ ${1:-} != --inside ]]; then
    (($# > 0)) || { printf 'usage: try.sh IMAGE [SCENARIO…]\n' >&2; exit 2; }
    [[ $EUID -eq 0 ]] || { printf 'try: run it as root\n' >&2; exit 3; }
    need qemu-system-x86_64:qemu-system-x86 qemu-img:qemu-utils xorriso:xorriso ssh-keygen:openssh-client sfdisk:fdisk
    [[ -r /usr/share/OVMF/OVMF_CODE_4M.fd ]] || { printf 'try: OVMF is missing: apt-get install ovmf\n' >&2; exit 3; }
    work=$(mktemp -d)
    trap 'rm -rf -- "$work"' EXIT
    # Machines, mounts and loop devices end with this namespace.
    setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc -- "$here/try.sh" --inside "$work" "$@"
    return
  fi
  work=$2 image=$(realpath -- "$3")
  shift 3
  (($# > 0)) || set -- content bios uefi unseeded ide kernel
  make_seed
  for name in "$@"; do scenario "$name"; done
  printf '%d passed, %d failed\n' "$passed" "$failed"
  ((failed == 0 && passed > 0))
}

main "$@"

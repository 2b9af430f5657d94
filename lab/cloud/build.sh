#!/bin/bash
# Builds a server image like a distribution's, in the form of Ubuntu 24.04's cloud image, and the publisher's release
# folder around it. Runs as root on Debian 12 or newer, or Ubuntu.
#
#   build.sh OUT_FOLDER GNUPG_HOME
#
# release.sh describes the folder's content and the signing key in GNUPG_HOME. The last line printed is the key's full
# fingerprint. Exits 3 if the machine lacks a program. The folder gets its name only once it is complete.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"
umask 022

readonly suite=trixie
readonly keyring=/usr/share/keyrings/debian-archive-keyring.gpg
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
readonly here
# shellcheck source=lab/cloud/disk.sh
. "$here/disk.sh"

say() {
  printf 'cloud image: %s (%d s)\n' "$1" "$SECONDS"
}

need() {
  local program package
  for program in "$@"; do
    package=${program#*:}
    command -v "${program%:*}" >/dev/null || { printf 'cloud image: %s is missing: apt-get install %s\n' "${program%:*}" "$package" >&2; exit 3; }
  done
  [[ -r $keyring ]] || { printf 'cloud image: %s is missing: apt-get install debian-archive-keyring\n' "$keyring" >&2; exit 3; }
}

# mmdebstrap writes straight into the mounted root file system. The kernel's own hook is told not to make an initramfs,
# since a later step makes one. GRUB's package is told not to install itself: there is no device that it would
# recognize.
bootstrap() {
  local root=$1 packages
  local -a sources=()
  packages=$(grep -v '^#' "$here/packages.txt" | paste -sd, -)
  mapfile -t sources < <("$here/../base/mirror.sh" "$suite" "$keyring")
  # shellcheck disable=SC2016 # $1 belongs to mmdebstrap's hook
  INITRD=No mmdebstrap --mode=root --variant=apt --format=directory --quiet --keyring="$keyring" --include="$packages" \
    --dpkgopt="$here/dpkg.cfg" --dpkgopt=force-unsafe-io --aptopt='Acquire::Languages "none"' --aptopt='APT::Sandbox::User "root"' \
    --aptopt='APT::Install-Recommends "false"' --setup-hook="cp -r --no-preserve=ownership '$here/root/.' \"\$1/\"" \
    --setup-hook="$here/../base/network.sh" --skip=cleanup/apt/cache \
    --essential-hook='echo grub-pc grub-pc/install_devices_empty boolean true | chroot "$1" debconf-set-selections' \
    "$suite" "$root" "${sources[@]}"
  "$here/../base/network.sh" --away "$root" "$suite" "$keyring"
}

# address_of SUITE FILE: prints the address from lines "deb [options] ADDRESS SUITE COMPONENT".
address_of() {
  awk -v suite="$1" '$1 == "deb" { for (i = 2; i < NF; i++) if ($(i + 1) == suite) { print $i; exit } }' "$2"
}

# Writes the sources in the format of Debian's and Ubuntu's images. The addresses are this host's own, so that the image
# is usable in a closed network too.
write_sources() {
  local root=$1 debian security
  debian=$(address_of "$suite" "$root/etc/apt/sources.list")
  security=$(address_of "$suite-security" "$root/etc/apt/sources.list")
  rm "$root/etc/apt/sources.list"
  {
    printf 'Types: deb\nURIs: %s\nSuites: %s %s-updates\nComponents: main\nSigned-By: %s\n' "$debian" "$suite" "$suite" "$keyring"
    [[ -z $security ]] || printf '\nTypes: deb\nURIs: %s\nSuites: %s-security\nComponents: main\nSigned-By: %s\n' "$security" "$suite" "$keyring"
  } >"$root/etc/apt/sources.list.d/debian.sources"
}

configure() {
  local root=$1
  local -a units=()
  # Both were for this build only.
  rm -f "$root/etc/dpkg/dpkg.cfg.d/99mmdebstrap" "$root/etc/apt/apt.conf.d/99mmdebstrap"
  write_sources "$root"
  printf '%s\n' 'LABEL=cloudimg-rootfs / ext4 discard,commit=30,errors=remount-ro 0 1' 'LABEL=BOOT /boot ext4 defaults 0 2' \
    'LABEL=UEFI /boot/efi vfat umask=0077 0 1' >"$root/etc/fstab"
  printf 'debian\n' >"$root/etc/hostname"
  printf '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n' >"$root/etc/hosts"
  ln -sf ../run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"
  rm -f "$root"/etc/ssh/ssh_host_*
  : >"$root/etc/machine-id"
  chroot "$root" passwd --quiet --lock root
  chroot "$root" systemctl --quiet enable systemd-networkd.service systemd-resolved.service systemd-timesyncd.service ssh.service
  mapfile -t units < <(grep -v '^#' "$here/masked-units.txt")
  chroot "$root" systemctl --quiet mask -- "${units[@]}"
}

# The ESP is built in a file, with the guest's own mkfs.vfat and with mtools, because not every kernel that bakes can
# mount vfat. It uses the removable media path, so that no firmware needs an entry, with Debian's signed shim and GRUB,
# which looks for its configuration under EFI/debian.
make_esp() {
  local disk=$1 root=$2 boot_uuid=$3 file
  truncate -s "$(((esp_last - esp_first + 1) * 512))" "$root/esp"
  chroot "$root" mkfs.vfat -F 32 -n UEFI /esp >/dev/null
  mmd -i "$root/esp" ::/EFI ::/EFI/BOOT ::/EFI/debian
  for file in BOOT/BOOTX64.EFI:shim/shimx64 debian/shimx64.efi:shim/shimx64 BOOT/mmx64.efi:shim/mmx64 debian/mmx64.efi:shim/mmx64 \
    BOOT/grubx64.efi:grub/x86_64-efi-signed/grubx64 debian/grubx64.efi:grub/x86_64-efi-signed/grubx64; do
    mcopy -i "$root/esp" "$root/usr/lib/${file#*:}.efi.signed" "::/EFI/${file%:*}"
  done
  # shellcheck disable=SC2016 # GRUB's variables
  printf 'search.fs_uuid %s root\nset prefix=($root)/grub\nconfigfile $prefix/grub.cfg\n' "$boot_uuid" | mcopy -i "$root/esp" - ::/EFI/debian/grub.cfg
  mcopy -i "$root/esp" ::/EFI/debian/grub.cfg - | mcopy -i "$root/esp" - ::/EFI/BOOT/grub.cfg
  dd if="$root/esp" of="$disk" bs=1M seek="$((esp_first * 512 / 1048576))" conv=notrunc,sparse status=none
  rm "$root/esp"
}

# /boot's content was installed on the root file system. Move it to its own, which GRUB finds by UUID.
make_bootable() {
  local disk=$1 root=$2 version uuid file
  mv "$root/boot" "$root/boot.installed"
  mount_part "$disk" "$boot_first" "$boot_last" "$root/boot"
  cp -a "$root/boot.installed/." "$root/boot/"
  rm -rf "$root/boot.installed"
  mkdir "$root/boot/efi"
  make_nodes "$root"
  version=$(basename -- "$root"/lib/modules/*)
  chroot "$root" update-initramfs -c -k "$version" >/dev/null
  chroot "$root" linux-update-symlinks install "$version" "/boot/vmlinuz-$version" >/dev/null
  uuid=$(findmnt -no UUID "$root/boot")
  mkdir -p "$root"/boot/grub/{i386-pc,x86_64-efi}
  cp "$root"/usr/lib/grub/i386-pc/{*.mod,*.lst,*.o,boot.img} "$root/boot/grub/i386-pc/"
  cp "$root"/usr/lib/grub/x86_64-efi/{*.mod,*.lst} "$root/boot/grub/x86_64-efi/"
  # shellcheck disable=SC2016 # GRUB's variable
  printf 'search.fs_uuid %s root\nset prefix=($root)/grub\n' "$uuid" >"$root/boot/grub/i386-pc/load.cfg"
  chroot "$root" grub-mkimage -O i386-pc -p /grub -c /boot/grub/i386-pc/load.cfg -o /boot/grub/i386-pc/core.img biosdisk part_gpt ext2 search_fs_uuid
  "$here/bios_grub.py" "$disk" "$root/boot/grub/i386-pc/boot.img" "$root/boot/grub/i386-pc/core.img" "$bios_first" "$((bios_last - bios_first + 1))"
  make_esp "$disk" "$root" "$uuid"
  chroot "$root" update-grub 2>/dev/null
  grep -q "linux.*root=UUID=$(findmnt -no UUID "$root/") " "$root/boot/grub/grub.cfg" || { say 'update-grub found no kernel' >&2; return 1; }
}

# Runs in its own mount and process namespaces, which end with their parent: whatever ends build.sh, even SIGKILL, also
# ends its children, mounts and loop devices.
inside() {
  local work=$1 root=$1/root disk=$1/disk.raw part
  make_disk "$disk"
  mount_part "$disk" "$root_first" "$root_last" "$root"
  say 'disk made, installing Debian'
  bootstrap "$root"
  say 'packages installed'
  mount -t proc proc "$root/proc"
  configure "$root"
  make_bootable "$disk" "$root"
  umount --recursive "$root/proc" "$root/dev"
  say 'bootable'
  rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/var/cache/apt/archives/*.deb "$root"/var/log/{apt,dpkg.log,bootstrap.log}
  for part in boot ''; do
    sync -f "$root/$part"
    fstrim "$root/$part"
    umount "$root/$part"
  done
  for part in "$boot_first" "$root_first"; do
    e2fsck -fn "$disk?offset=$((part * 512))" >"$work/fsck.log" 2>&1 || { cat "$work/fsck.log" >&2; return 1; }
  done
  # zlib, because Ubuntu uses it and every QEMU can read it.
  qemu-img convert -c -f raw -O qcow2 -m 8 -W "$disk" "$work/disk.qcow2"
}

main() {
  if [[ ${1:-} == --inside ]]; then
    inside "$2"
    return
  fi
  [[ $# -eq 2 ]] || { printf 'usage: build.sh OUT_FOLDER GNUPG_HOME\n' >&2; exit 2; }
  [[ $EUID -eq 0 ]] || { printf 'cloud image: run it as root\n' >&2; exit 3; }
  # A bake gives the proxy only to apt, through lab/base/network.sh; package scripts must not see it.
  if [[ -d ${BOXHOUND_NETWORK-} ]]; then unset {http,https,no}_proxy {HTTP,HTTPS,NO}_PROXY; fi
  need mmdebstrap:mmdebstrap mke2fs:e2fsprogs fstrim:util-linux qemu-img:qemu-utils mcopy:mtools python3:python3 gpg:'gpg gpg-agent'
  local out work
  out=$(realpath -m -- "$1")
  mkdir -p -- "$(dirname -- "$out")"
  work=$(mktemp -d -- "$out.partial-XXXXXX")
  # shellcheck disable=SC2064 # expand the name now
  trap "rm -rf -- '$work'" EXIT
  setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc -- "$here/build.sh" --inside "$work"
  "$here/release.sh" "$work/disk.qcow2" "$work/new" "$2" >"$work/fingerprint"
  if [[ -e $out ]]; then mv -- "$out" "$work/old"; fi
  mv -- "$work/new" "$out"
  say "done, $(stat -c %s "$work/disk.qcow2") bytes"
  cat "$work/fingerprint"
}

main "$@"

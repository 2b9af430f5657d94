#!/usr/bin/env bash
# shellcheck disable=SC2034 # read by inside.sh and target.sh
# What a builder needs to know about Debian's family for an image that is mounted but not running. Sourced by
# packer/chroot/inside.sh, never run; not staged. Every family's host.sh defines family_state, family_packages,
# family_kernels and the command in family_menu.

# Where the package manager keeps lists and archives, and which of the bake's folders replaces each (fault 46): path,
# folder, and a subfolder that must exist.
readonly -a family_state=('var/lib/apt/lists lists partial' 'var/cache/apt cache archives/partial')

# Rewrites the boot loader's menu.
readonly -a family_menu=(update-grub)

# family_packages COMMAND…: the packages in the image's own database: name, version and source package. COMMAND runs a
# program in the image.
family_packages() {
  # shellcheck disable=SC2016 # dpkg's own syntax
  timeout --kill-after=5 120 "$@" dpkg-query -W -f '${db:Status-Status}\t${binary:Package}\t${Version}\t${source:Package}\n' </dev/null |
    head --bytes=16M | sed -n 's/^installed\t//p'
}

# family_kernels TARGET: the kernels that GRUB's menu is made from; nothing if there is no such menu.
family_kernels() {
  [[ ! -L $1/boot && -e $1/usr/sbin/update-grub && -e $1/boot/grub/grub.cfg ]] || return 0
  compgen -G "$1/boot/vmlinu[zx]-*" || true
  compgen -G "$1/boot/initrd.img-*" || true
}

#!/usr/bin/env bash
# shellcheck disable=SC2034 # read by inside.sh and target.sh
# What a builder must know of Debian's family about an image that is mounted and does not run. Sourced by packer/chroot/inside.sh, never run; it is
# not staged. A family's host.sh has these three: family_state, family_packages, family_kernels, and the command that family_menu names.

# Where the package manager keeps lists and archives, and which folder of the bake takes its place (fault 46): path, folder, and a folder in it
# that must be there.
readonly -a family_state=('var/lib/apt/lists lists partial' 'var/cache/apt cache archives/partial')

# What writes the boot loader's menu anew.
readonly -a family_menu=(update-grub)

# family_packages COMMAND…: what is in the image by its own account: name, version and source package. COMMAND runs a program in the image.
family_packages() {
  # shellcheck disable=SC2016 # a format of dpkg's
  timeout --kill-after=5 120 "$@" dpkg-query -W -f '${db:Status-Status}\t${binary:Package}\t${Version}\t${source:Package}\n' </dev/null |
    head --bytes=16M | sed -n 's/^installed\t//p'
}

# family_kernels TARGET: the kernels that GRUB's menu is made from; nothing where there is no such menu.
family_kernels() {
  [[ ! -L $1/boot && -e $1/usr/sbin/update-grub && -e $1/boot/grub/grub.cfg ]] || return 0
  compgen -G "$1/boot/vmlinu[zx]-*" || true
  compgen -G "$1/boot/initrd.img-*" || true
}

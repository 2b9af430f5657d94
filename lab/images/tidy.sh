#!/bin/bash
# Removes from a root file system what differs between two builds or machines: tidy.sh ROOT
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

main() {
  local root=$1
  # Mounted by lab/base/network.sh for the time of the build.
  if mountpoint -q -- "$root/etc/apt/apt.conf.d/00boxhound-network"; then
    umount -- "$root/etc/apt/apt.conf.d/00boxhound-network"
  fi
  # mmdebstrap removes the file that is named after it itself, and fails if it can't.
  find "$root/etc/apt" ! -type d ! -name 00mmdebstrap -delete
  rm -rf -- "$root/var/lib/apt" "$root/var/cache/apt" "$root/etc/dpkg/dpkg.cfg.d/99mmdebstrap"
  rm -f -- "$root/etc/hostname" "$root/etc/resolv.conf" "$root"/etc/{passwd,group,shadow,gshadow,subuid,subgid}- \
    "$root"/var/cache/ldconfig/aux-cache "$root"/var/lib/dpkg/*-old "$root"/var/cache/debconf/*-old
  find "$root/tmp" "$root/var/tmp" -mindepth 1 -delete
  find "$root/var/log" "$root/run" ! -type d -delete
  if [[ -e $root/etc/machine-id ]]; then : >"$root/etc/machine-id"; fi
}

main "$@"

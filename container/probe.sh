#!/usr/bin/env bash
# Tests whether a container can run on this machine: exit status 0, or one line that says what is missing. Runs in its
# own mount and process namespaces, so that nothing of the test outlives it.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
# shellcheck source-path=SCRIPTDIR source=cgroups.sh
. "$here/cgroups.sh"

need() { # need PROGRAM PACKAGE
  command -v "$1" >/dev/null || {
    echo "no $1 (package $2)"
    return 1
  }
}

try_mounts() {
  mount -t tmpfs tmpfs /tmp && mkdir /tmp/{lower,upper,work,root} &&
    mount -t overlay -o lowerdir=/tmp/lower,upperdir=/tmp/upper,workdir=/tmp/work overlay /tmp/root
}

main() {
  need systemd-nspawn systemd-container
  need systemd-socket-activate systemd
  need nsenter util-linux
  need ip iproute2
  need qemu-storage-daemon qemu-system-common
  # The guest's systemd needs the unified hierarchy, and nspawn a group in it.
  [[ $(stat --file-system --format %T /sys/fs/cgroup) == cgroup2fs || $(stat --file-system --format %T /sys/fs/cgroup/unified 2>/dev/null) == cgroup2fs ]] || {
    echo 'no unified control group hierarchy (cgroup2) is mounted'
    return 1
  }
  [[ -n $(cgroups_roots) && -w /sys/fs/cgroup ]] || {
    echo 'control groups cannot be written here'
    return 1
  }
  try_mounts 2>/dev/null || {
    echo 'overlayfs cannot be mounted here'
    return 1
  }
  unshare --net true 2>/dev/null || {
    echo 'network namespaces cannot be created here'
    return 1
  }
  [[ -e /dev/loop-control ]] || {
    echo 'no loop devices here'
    return 1
  }
}

main

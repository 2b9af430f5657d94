#!/bin/bash
# Builds the layer of the lab Agent's container image: what installing its package adds to the root file system.
#
#   build.sh ROOT.tar PACKAGE.deb OUT.tar
#
# Runs as root. The same root and package give the same archive.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
readonly here epoch=1767225600

in_root() {
  local root=$1
  shift
  env -i PATH=/usr/sbin:/usr/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive DEBCONF_NOWARNINGS=yes PYTHONHASHSEED=0 \
    SOURCE_DATE_EPOCH="$epoch" chroot "$root" "$@"
}

# The user as in Datadog's image: 100, in the group root, which may write everything that the Agent writes. That way
# the container can run under any user id.
add_user() {
  local root=$1
  in_root "$root" adduser --quiet --system --no-create-home --home /opt/datadog-agent --ingroup root dd-agent
  in_root "$root" addgroup --quiet --system dd-agent
  [[ $(in_root "$root" id -u dd-agent) == 100 ]] || { printf 'lab/images/agent: dd-agent is not user 100\n' >&2; return 1; }
}

install_agent() {
  local root=$1 package=$2
  local -a writable=(etc/datadog-agent opt/datadog-agent/run var/log/datadog run/datadog)
  add_user "$root"
  cp -rT --no-preserve=ownership -- "$here/root" "$root"
  chmod 0755 -- "$root/usr/bin/entrypoint.sh" "$root/probe.sh"
  cp -- "$package" "$root/package.deb"
  in_root "$root" dpkg --install --force-unsafe-io /package.deb
  rm -f -- "$root/package.deb"
  # An id of this installation, which all containers would share.
  rm -f -- "$root/etc/datadog-agent/install.json"
  # A container has no systemd.
  rm -rf -- "$root/usr/lib/systemd/system"/datadog-agent*.service
  mkdir -p -- "$root/run/datadog" "$root/conf.d" "$root/checks.d"
  (cd -- "$root" && chown -R 100:0 -- "${writable[@]}" && chmod -R g+rwX -- "${writable[@]}")
}

# What has changed since the root was unpacked. Nothing is removed from it, so no whiteouts are needed.
pack() {
  local root=$1 since=$2 out=$3
  "$here/../tidy.sh" "$root"
  (cd -- "$root" && find . -mindepth 1 -cnewer "$since" -not -path './proc/*' -not -path './dev/*' -not -path './var/cache/*' -print0) |
    tar -C "$root" --null --no-recursion --files-from=- --sort=name --numeric-owner --mtime="@$epoch" --format=posix \
      --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime,delete=mtime -cf "$out.partial"
  mv -f -- "$out.partial" "$out"
}

inside() {
  local work=$1 archive=$2 package=$3 out=$4
  tar -C "$work/root" --numeric-owner -xpf "$archive"
  touch -- "$work/since"
  sleep 0.05 # a change in the same tick of the kernel's clock would go unnoticed
  mount -t proc proc "$work/root/proc"
  install_agent "$work/root" "$package" >"$work/log" 2>&1 || { cat -- "$work/log" >&2; return 1; }
  umount "$work/root/proc"
  pack "$work/root" "$work/since" "$out"
}

main() {
  if [[ ${1:-} == --inside ]]; then
    inside "${@:2}"
    return
  fi
  [[ $# -eq 3 ]] || { printf 'usage: build.sh ROOT.tar PACKAGE.deb OUT.tar\n' >&2; exit 2; }
  [[ $EUID -eq 0 ]] || { printf 'lab/images/agent: run it as root\n' >&2; exit 3; }
  local work
  work=$(mktemp -d "${BOXHOUND_SCRATCH:-${TMPDIR:-/tmp}}/image-XXXXXX")
  # shellcheck disable=SC2064 # expand the name now
  trap "rm -rf -- '$work'" EXIT
  mkdir "$work/root"
  # Whatever ends this process also ends its children and mounts.
  unshare --mount --pid --fork --kill-child --mount-proc -- "$here/build.sh" --inside "$work" \
    "$(realpath -- "$1")" "$(realpath -- "$2")" "$(realpath -m -- "$3")"
}

main "$@"

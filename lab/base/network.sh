#!/bin/bash
# Gives mmdebstrap's apt the settings of a closed network: a hook that runs before any package, and its clean-up.
#
#   network.sh ROOT                        mounts proxy, CAs and logins of $BOXHOUND_NETWORK over ROOT's apt; nothing is written to disk
#   network.sh --away ROOT SUITE KEYRING   removes the mount point, and the bake's mirrors from the sources
#
# Both do nothing without that folder. The mount ends with --away, or with its namespace.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../../provision/_engine/apt/sources.sh
. "$here/../../provision/_engine/apt/sources.sh"

readonly name=etc/apt/apt.conf.d/00boxhound-network

use() {
  local root=$1 network=$2
  # Hosts that bypass the proxy, out of all sources that may be used.
  cp -- "$network/apt-host.conf" "$network/lab.conf"
  "$here/mirror.sh" any any | awk '{ print $3 }' | direct_hosts "$network/direct.list" >>"$network/lab.conf"
  mkdir -p "$root/${name%/*}"
  : >"$root/$name"
  mount --bind -- "$network/lab.conf" "$root/$name"
}

# The lab base must not depend on the mirror it was built from: its layer in the store also serves bakes with other
# mirrors.
away() {
  local root=$1 suite=$2 keyring=$3 lines
  # Some versions of mmdebstrap run their hooks in the caller's own namespace.
  if mountpoint -q -- "$root/$name"; then umount -- "$root/$name"; fi
  rm -f -- "$root/$name"
  archive_mirrors "$BOXHOUND_NETWORK/mirrors.tsv"
  [[ -n $archive_main ]] || return 0
  lines=$(BOXHOUND_NETWORK='' "$here/mirror.sh" "$suite" "$keyring")
  if [[ -z $lines ]]; then
    lines=$(
      printf 'deb [signed-by=%s] http://deb.debian.org/debian %s main\n' "$keyring" "$suite" "$keyring" "$suite-updates"
      printf 'deb [signed-by=%s] http://security.debian.org/debian-security %s-security main\n' "$keyring" "$suite"
    )
  fi
  printf '%s\n' "$lines" >"$root/etc/apt/sources.list"
}

main() {
  [[ -d ${BOXHOUND_NETWORK-} ]] || return 0
  if [[ $1 == --away ]]; then away "$2" "$3" "$4"; else use "$1" "$BOXHOUND_NETWORK"; fi
}

main "$@"

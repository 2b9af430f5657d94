#!/bin/bash
# How mmdebstrap's apt reaches the outside in a closed network: its hook before any package, and what it leaves afterwards.
#
#   network.sh ROOT                        proxy, authorities and logins of $BOXHOUND_NETWORK over ROOT's apt, as a mount: never written to a disk
#   network.sh --away ROOT SUITE KEYRING   takes the mount's place away, and the bake's mirrors out of the sources
#
# Both do nothing without such a folder. The mount is gone with --away, or with the namespace it is in.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../../provision/_engine/apt/sources.sh
. "$here/../../provision/_engine/apt/sources.sh"

readonly name=etc/apt/apt.conf.d/00boxhound-network

use() {
  local root=$1 network=$2
  # Hosts that no proxy is for: those of all sources that this can be told to use.
  cp -- "$network/apt-host.conf" "$network/lab.conf"
  "$here/mirror.sh" any any | awk '{ print $3 }' | direct_hosts "$network/direct.list" >>"$network/lab.conf"
  mkdir -p "$root/${name%/*}"
  : >"$root/$name"
  mount --bind -- "$network/lab.conf" "$root/$name"
}

# The lab base is the same whichever mirror it came by, and its layer in the store serves bakes with other mirrors too.
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

#!/usr/bin/env bash
# Runs a command in a prepared target: enter.sh TARGET COMMAND [ARG…]. A host name of its own keeps the builder's out of
# every log and configuration that a package writes (fault 46); the environment holds nothing of the builder's, no proxy either.
set -Eeuo pipefail

main() {
  local target=$1
  shift
  hostname localhost
  exec chroot "$target" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM="${TERM-dumb}" \
    DEBIAN_FRONTEND=noninteractive BOXHOUND_LAYER="${BOXHOUND_LAYER-}" \
    BOXHOUND_APT_TIMEOUT="${BOXHOUND_APT_TIMEOUT-}" "$@"
}

if [[ ${BOXHOUND_OWN_NAMES-} != yes ]]; then
  BOXHOUND_OWN_NAMES=yes exec unshare --uts --ipc -- bash "$0" "$@"
fi
main "$@"

#!/usr/bin/env bash
# Runs a command in a prepared target: enter.sh TARGET COMMAND [ARG…]. A host name of its own keeps the builder's out of
# every log and configuration that a package writes (fault 46); the environment is clean but for proxies.
set -Eeuo pipefail

main() {
  local target=$1
  shift
  hostname localhost
  exec chroot "$target" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM="${TERM-dumb}" \
    DEBIAN_FRONTEND=noninteractive BOXHOUND_LAYER="${BOXHOUND_LAYER-}" BOXHOUND_LAB_REPOSITORY="${BOXHOUND_LAB_REPOSITORY-}" \
    BOXHOUND_APT_TIMEOUT="${BOXHOUND_APT_TIMEOUT-}" \
    http_proxy="${http_proxy-}" https_proxy="${https_proxy-}" no_proxy="${no_proxy-}" "$@"
}

if [[ ${BOXHOUND_OWN_NAMES-} != yes ]]; then
  BOXHOUND_OWN_NAMES=yes exec unshare --uts --ipc -- bash "$0" "$@"
fi
main "$@"

#!/usr/bin/env bash
# Applies a staged layer in a prepared target: engine.sh TARGET LAYER. Each part of the engine runs with what it needs and no more: packages are
# downloaded inside and by the image's own apt, everything else is done without a network.
set -Eeuo pipefail
# Nothing of the caller's shell has a say in here: no BASH_ENV, no function, no CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")

main() {
  local target=$1 layer=$2
  if [[ -s $layer/packages.list ]]; then
    BOXHOUND_ONLINE=yes bash -p "$here/enter.sh" "$target" bash /run/boxhound/layer/apply.sh packages
  fi
  bash -p "$here/enter.sh" "$target" bash /run/boxhound/layer/apply.sh settings
}

main "$@"

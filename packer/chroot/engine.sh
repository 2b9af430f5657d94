#!/usr/bin/env bash
# Applies a staged layer in a prepared target: engine.sh TARGET LAYER. Each part of the engine gets only what it needs:
# packages are downloaded inside, by the image's own apt, and everything else runs without a network.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
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

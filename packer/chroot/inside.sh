#!/usr/bin/env bash
# Mounts and prepares an exported overlay and runs a command: inside.sh RUN TARGET LAYER APT COMMAND [ARG…]. The mounts
# are in a namespace of their own and end with it. RUN is the folder of the export; the layer's package list is left
# there.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
# shellcheck source-path=SCRIPTDIR source=../../disk/overlay.sh
. "$here/../../disk/overlay.sh"
# shellcheck source-path=SCRIPTDIR source=target.sh
. "$here/target.sh"
# shellcheck source-path=SCRIPTDIR source=events.sh
. "$here/events.sh"
# The family of the image's system (scripts/lib/systems/). A bake names it; a shell in a kept overlay takes the only one
# there is.
# shellcheck source-path=SCRIPTDIR source=../../provision/_engine/apt/host.sh
. "$here/../../provision/_engine/${BOXHOUND_ENGINE:-apt}/host.sh"

# What a layer of the user's has left, which its staged folder asks for (scripts/lib/plan/stage.ts).
survey() { # survey TARGET SINCE LAYER OUT
  [[ -s $3/survey.json ]] || return 0
  step survey
  "$python" -IBS "$here/survey.py" "$1" "$2" "$3/survey.json" "$4"
}

main() {
  local run=$1 target=$2 layer=$3 apt=$4 status=0 kernels since
  shift 4
  overlay_mount "$run" "$target"
  target_prepare "$target" "$layer" "$apt" "$run"
  kernels=$(family_kernels "$target")
  since=${EPOCHREALTIME/,/.}
  step enter
  # The engine's notes come through an open file, so that no path created by the image's programs is ever followed.
  BOXHOUND_NOTES=7 "$@" 7>>"$run/steps.tsv" || status=$?
  # In a process namespace, which newer systemds take for a container, the packages' own hook does nothing, and the menu
  # would keep listing a kernel that is gone.
  if ((status == 0)) && [[ $(family_kernels "$target") != "$kernels" ]]; then
    echo "== other kernels: ${family_menu[*]}"
    bash -p "$here/enter.sh" "$target" "${family_menu[@]}" || status=$?
  fi
  steps_of "$run/steps.tsv"
  if ((status == 0)); then survey "$target" "$since" "$layer" "$run/survey.json" || status=$?; fi
  if [[ ${BOXHOUND_LAYER-} == seal ]] && ((status == 0)); then family_packages bash -p "$here/enter.sh" "$target" >"$run/packages.tsv" || status=$?; fi
  step unmount
  # The published image must not contain data that was deleted along the way (fault 47).
  if [[ ${BOXHOUND_LAYER-} == seal ]] && ((status == 0)); then overlay_trim || status=$?; fi
  overlay_unmount "$target"
  return "$status"
}

if [[ ${BOXHOUND_OWN_MOUNTS-} != yes ]]; then
  BOXHOUND_OWN_MOUNTS=yes exec unshare --mount -- bash -p "$0" "$@"
fi
main "$@"

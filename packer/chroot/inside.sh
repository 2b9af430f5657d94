#!/usr/bin/env bash
# Runs a command beside an exported overlay that is mounted and prepared: inside.sh RUN TARGET LAYER APT COMMAND [ARG…]. The mounts are in a
# namespace of their own and end with it. RUN is the folder of the export; the layer's list of packages is left there.
set -Eeuo pipefail

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
# shellcheck source-path=SCRIPTDIR source=overlay.sh
. "$here/overlay.sh"
# shellcheck source-path=SCRIPTDIR source=target.sh
. "$here/target.sh"
# shellcheck source-path=SCRIPTDIR source=events.sh
. "$here/events.sh"

main() {
  local run=$1 target=$2 layer=$3 apt=$4 status=0 kernels
  shift 4
  overlay_mount "$run" "$target"
  target_prepare "$target" "$layer" "$apt"
  kernels=$(target_kernels "$target")
  step enter
  "$@" || status=$?
  # The packages' own hook leaves at once in a process namespace, which newer systemds take for a container: the menu would go on
  # naming a kernel that is gone.
  if ((status == 0)) && [[ $(target_kernels "$target") != "$kernels" ]]; then
    echo '== other kernels: update-grub'
    bash "$here/enter.sh" "$target" update-grub || status=$?
  fi
  if [[ -e $target/run/boxhound/packages.tsv ]]; then
    cp -- "$target/run/boxhound/packages.tsv" "$run/packages.tsv"
  fi
  steps_of "$target/run/boxhound/steps.tsv"
  step unmount
  # What ships keeps nothing of what was deleted on the way (fault 47).
  if [[ ${BOXHOUND_LAYER-} == seal ]] && ((status == 0)); then overlay_trim || status=$?; fi
  overlay_unmount "$target"
  return "$status"
}

if [[ ${BOXHOUND_OWN_MOUNTS-} != yes ]]; then
  BOXHOUND_OWN_MOUNTS=yes exec unshare --mount -- bash "$0" "$@"
fi
main "$@"

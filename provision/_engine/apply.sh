#!/usr/bin/env bash
# Applies the staged layer in /run/boxhound/layer to the root file system it runs in: packages, files, owners, units,
# scripts, in that order. Works the same in a bake and on a booted machine, and is safe to run twice. The argument
# `packages` or `settings` runs only that part: a bake grants network access to the first and not to the second.
set -Eeuo pipefail

readonly layer=/run/boxhound/layer

step() {
  printf '== %s\n' "$*"
  note "$*"
}

# Records when a step began, if the builder has opened a file for it (bake --profile).
note() { [[ -z ${BOXHOUND_NOTES-} ]] || printf '%s\t%s\n' "${EPOCHREALTIME/,/.}" "$*" >&"$BOXHOUND_NOTES"; }

# install_packages and hold_packages of this system's family, whose folder beside this script is staged with it.
# shellcheck source-path=SCRIPTDIR source=apt/packages.sh
. "$layer/packages.sh"

# Only files travel: a folder that exists keeps its owner and mode.
install_files() {
  step 'files'
  (cd "$layer/root" && find . ! -type d -print0 | tar --null --no-recursion --files-from=- --owner=0 --group=0 -cf -) |
    tar -C / --no-overwrite-dir -xpf -
}

set_owners() {
  local path owner group mode recursive
  note 'owners'
  while IFS=$'\t' read -r path owner group mode recursive; do
    [[ -n $path ]] || continue
    if [[ $recursive == yes ]]; then
      chown --recursive --no-dereference -- "$owner:$group" "$path"
      [[ $mode == - ]] || find "$path" -type f -exec chmod "$mode" -- {} +
    else
      chown --no-dereference -- "$owner:$group" "$path"
      [[ $mode == - ]] || chmod "$mode" -- "$path"
    fi
  done <"$layer/owners.tsv"
}

switch_units() {
  local verb unit
  note 'units'
  while IFS=$'\t' read -r verb unit; do
    [[ -z $verb ]] || systemctl --quiet "$verb" -- "$unit"
  done <"$layer/units.tsv"
}

# Without network: whatever a script needs from outside, the host has downloaded by digest.
run_scripts() {
  local script
  local -a offline=()
  if [[ $1 != offline ]]; then offline=(unshare --net); fi
  for script in "$layer"/scripts/*.sh; do
    [[ -e $script ]] || continue
    step "script ${script##*/}"
    "${offline[@]}" bash -p "$script"
  done
}

# settings NETWORK: everything but the packages; NETWORK is `offline` if there is none.
settings() {
  hold_packages
  install_files
  set_owners
  switch_units
  run_scripts "$1"
}

main() {
  cd /
  umask 022
  case ${1-all} in
    packages) install_packages ;;
    settings) settings offline ;;
    all)
      install_packages
      settings online
      ;;
  esac
}

main "$@"

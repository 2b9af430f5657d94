#!/usr/bin/env bash
# Applies the staged layer at /run/boxhound/layer to the root file system it runs in: packages, files, owners, units,
# scripts, in that order. The same in a bake and in a booted machine; safe to run twice. `packages` or `settings` as an
# argument does that part alone: who bakes gives the network to the first and takes it from the second.
set -Eeuo pipefail

readonly layer=/run/boxhound/layer

step() {
  printf '== %s\n' "$*"
  note "$*"
}

# When a step began, for who builds this layer (bake --profile) and has opened a file for it.
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

# Without network: what a script wants from outside, the host has fetched by digest.
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

# settings NETWORK: all but the packages; NETWORK is `offline` where there is none.
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

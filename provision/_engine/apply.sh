#!/usr/bin/env bash
# Applies the staged layer at /run/boxhound/layer to the root file system it runs in: packages, files, owners, units,
# scripts, in that order. The same in a chroot and in a booted machine; safe to run twice.
set -Eeuo pipefail

readonly layer=/run/boxhound/layer

step() {
  printf '== %s\n' "$*"
  note "$*"
}

# When a step began, for who builds this layer (bake --profile).
note() { printf '%s\t%s\n' "${EPOCHREALTIME/,/.}" "$*" >>/run/boxhound/steps.tsv; }

# shellcheck source-path=SCRIPTDIR source=packages.sh
. "$layer/packages.sh"

hold_packages() {
  [[ -s $layer/hold.list ]] || return 0
  xargs --arg-file="$layer/hold.list" apt-mark hold --
}

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
  for script in "$layer"/scripts/*.sh; do
    [[ -e $script ]] || continue
    step "script ${script##*/}"
    unshare --net bash "$script"
  done
}

# What is in the image, for the manifest.
list_packages() {
  # shellcheck disable=SC2016 # a format of dpkg's
  dpkg-query -W -f '${db:Status-Status}\t${binary:Package}\t${Version}\t${source:Package}\n' |
    sed -n 's/^installed\t//p' >/run/boxhound/packages.tsv
}

main() {
  cd /
  umask 022
  install_packages
  hold_packages
  install_files
  set_owners
  switch_units
  run_scripts
  if [[ $BOXHOUND_LAYER == seal ]]; then
    note 'trim'
    list_packages
    sync -f /
    fstrim / # free blocks read as zero (fault 47)
  fi
}

main

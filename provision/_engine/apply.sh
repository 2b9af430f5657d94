#!/usr/bin/env bash
# Applies the staged layer in /run/boxhound/layer to the root file system it runs in: packages, accounts, files, owners,
# units, scripts, in that order. Works the same in a bake and on a booted machine, and is safe to run twice. The argument
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

# refuse_account WHAT WANTED FOUND: two layers, or a layer and a package, want one name or number for different accounts.
refuse_account() {
  printf '%s\n  expected: %s\n  found:    %s\n  next:     choose another in layer.yaml, or leave it to the system\n' "$@" >&2
  return 1
}

make_group() {
  local name=$1 gid=$2 found
  if found=$(getent group "$name"); then
    IFS=: read -r _ _ found _ <<<"$found"
    [[ $gid == - || $gid == "$found" ]] || refuse_account "the group $name has another number" "$gid" "$found"
  elif [[ $gid == - ]]; then
    groupadd --system -- "$name"
  elif found=$(getent group "$gid"); then
    refuse_account "gid $gid is taken" "the group $name" "the group ${found%%:*}"
  else
    groupadd --system --gid "$gid" -- "$name"
  fi
}

# An account has no password and no way to log in; its home folder is made unless it is there.
make_user() {
  local name=$1 uid=$2 group=$3 home=$4 shell=$5 found
  local -a options=(--system --no-create-home --no-user-group --gid "$group" --shell "$shell")
  if [[ $home == - ]]; then options+=(--home-dir /nonexistent); else options+=(--home-dir "$home"); fi
  if found=$(getent passwd "$name"); then
    IFS=: read -r _ _ found _ <<<"$found"
    [[ $uid == - || $uid == "$found" ]] || refuse_account "the user $name has another number" "$uid" "$found"
  elif [[ $uid != - ]] && found=$(getent passwd "$uid"); then
    refuse_account "uid $uid is taken" "the user $name" "the user ${found%%:*}"
  else
    [[ $uid == - ]] || options+=(--uid "$uid")
    useradd "${options[@]}" -- "$name"
  fi
  if [[ $home != - && ! -e $home ]]; then install -d -m 0750 -o "$name" -g "$group" -- "$home"; fi
}

make_accounts() {
  local kind name number group home shell
  [[ -s $layer/accounts.tsv ]] || return 0
  step 'accounts'
  while IFS=$'\t' read -r kind name number group home shell; do
    case $kind in
      group) make_group "$name" "$number" ;;
      user) make_user "$name" "$number" "$group" "$home" "$shell" ;;
      member) usermod --append --groups "$number" -- "$name" ;;
    esac
  done <"$layer/accounts.tsv"
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
  make_accounts
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

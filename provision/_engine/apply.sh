#!/usr/bin/env bash
# Applies the staged layer at /run/boxhound/layer to the root file system it runs in: packages, files, owners, units,
# scripts, in that order. The same in a chroot and in a booted machine; safe to run twice.
set -Eeuo pipefail

readonly layer=/run/boxhound/layer
readonly policy=/usr/sbin/policy-rc.d
# What apt reads while a layer is built: sources.list, sources.list.d/, preferences.d/. The image's own stay as they are, so that nothing of a
# bake has to be cleaned out of them (fault 46).
readonly apt_own=/run/boxhound/apt
readonly -a apt_places=(-o Dir::Etc::SourceList="$apt_own/sources.list" -o Dir::Etc::SourceParts="$apt_own/sources.list.d"
  -o Dir::Etc::PreferencesParts="$apt_own/preferences.d")
# Seconds that a mirror has for each answer.
readonly patience=${BOXHOUND_APT_TIMEOUT:-20}
# What a closed network needs: mirrors, proxy, authorities, logins (scripts/lib/bake/network-folder.ts). Told to apt alone: in the environment
# packages' scripts would find them, and might write them down.
readonly network=/run/boxhound/network
apt_network=()

# shellcheck source-path=SCRIPTDIR source=sources.sh
. "$layer/sources.sh"

step() { printf '== %s\n' "$*"; }

# No package may start a service in an image (a database would write this image's identity into itself).
forbid_services() {
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 0755 "$policy"
}

# What the packages needed and the image must not keep (fault 46).
clean_up() {
  rm -f -- "$policy"
}

# The image's own sources and preferences. The Agent's repository is left out: it is for the instance, and while baking it may be reached by
# another address, or by the layer that installs the Agent alone.
own_sources() {
  local file
  rm -rf -- "$apt_own"
  mkdir -p "$apt_own/sources.list.d" "$apt_own/preferences.d"
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/* /etc/apt/preferences.d/*; do
    if [[ -f $file && $file != */datadog.list ]]; then cp -- "$file" "$apt_own/${file#/etc/apt/}"; fi
  done
  archive_mirrors "$network/mirrors.tsv"
  mirrored_sources "$apt_own"
}

# The archive that the base itself installs from: an extra suite of the lab comes from the same mirror.
own_mirror() {
  # shellcheck disable=SC2016 # a format of apt's
  apt-get "${apt_places[@]}" indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1
}

# Sources that this layer alone needs.
add_sources() {
  local name url suite components keyring
  local mirror
  while read -r suite; do
    [[ -n $suite ]] || continue
    mirror=$(own_mirror)
    # A mirror's copy of a moving suite may be older than its Valid-Until date (environment.md): allowed for this one only.
    printf 'deb [check-valid-until=no] %s %s main\n' "$mirror" "$suite" >"$apt_own/sources.list.d/boxhound-bake-$suite.list"
    printf 'Package: *\nPin: release a=%s\nPin-Priority: 90\n' "$suite" >"$apt_own/preferences.d/boxhound-bake-$suite"
  done <"$layer/suites.list"
  while IFS=$'\t' read -r name url suite components keyring; do
    [[ -n $name ]] || continue
    if [[ $url == lab ]]; then url=$BOXHOUND_LAB_REPOSITORY; fi
    printf 'deb [signed-by=%s/%s] %s %s %s\n' "$layer" "$keyring" "$url" "$suite" "$components" \
      >"$apt_own/sources.list.d/boxhound-bake-$name.list"
  done <"$layer/repositories.tsv"
}

# The settings of this network, when all sources are known: apt wants to hear of each host that no proxy is for.
use_network() {
  [[ -r $network/apt.conf ]] || return 0
  # shellcheck disable=SC2016 # a format of apt's
  apt-get "${apt_places[@]}" indextargets --format '$(REPO_URI)' | direct_hosts "$network/direct.list" >"$apt_own/direct.conf"
  apt_network=(-c "$network/apt.conf" -c "$apt_own/direct.conf")
}

apt() {
  # Deadlines and bounded retries on the network (faults 35, 36), patience for another's lock (34), nothing of it in the image.
  local limit=900 status=0
  timeout --kill-after=10 "$limit" apt-get -q -y \
    -o Acquire::Retries=2 -o Acquire::http::Timeout="$patience" -o Acquire::https::Timeout="$patience" -o Acquire::Languages=none \
    -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-unsafe-io -o Dpkg::Options::=--force-confold \
    -o APT::Keep-Downloaded-Packages=true \
    -o APT::Install-Recommends=false -o APT::Sandbox::User=root "${apt_places[@]}" "${apt_network[@]}" "$@" || status=$?
  if ((status == 124 || status == 137)); then
    echo "apt-get was ended after $limit s: a mirror that answers, but too slowly, or a package that waits for something" >&2
  fi
  return "$status"
}

update_lists() {
  apt -o APT::Update::Error-Mode=any update && return
  # A mirror in the middle of its own update answers with a hash that does not fit: start from clean lists once (fault 35).
  step 'package lists do not fit together: once more from nothing'
  find /var/lib/apt/lists -mindepth 1 -type f -delete
  apt -o APT::Update::Error-Mode=any update && return
  echo "no package lists: see which mirror above; each had $patience s per answer and was asked three times, twice over" >&2
  return 1
}

# Installed already, in the version asked for?
installed() {
  local name=${1%%=*} version=
  [[ $1 != *=* ]] || version=${1#*=}
  # shellcheck disable=SC2016 # a format of dpkg's
  [[ $(dpkg-query -W -f '${db:Status-Status} ${Version}' "$name" 2>/dev/null) == "installed ${version:-*}" ]] && return
  # shellcheck disable=SC2016
  [[ -z $version && $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) == installed ]]
}

install_packages() {
  local -a wanted=() target=()
  local package suite
  while read -r package; do
    [[ -z $package ]] || installed "$package" || wanted+=("$package")
  done <"$layer/packages.list"
  [[ ${#wanted[@]} -gt 0 ]] || return 0
  step "packages: ${wanted[*]}"
  trap clean_up EXIT
  clean_up
  forbid_services
  own_sources
  add_sources
  use_network
  update_lists
  while read -r suite; do [[ -z $suite ]] || target=(--target-release "$suite"); done <"$layer/suites.list"
  apt --allow-change-held-packages "${target[@]}" install -- "${wanted[@]}"
  clean_up
  trap - EXIT
}

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
    list_packages
    sync -f /
    fstrim / # free blocks read as zero (fault 47)
  fi
}

main

#!/usr/bin/env bash
# shellcheck disable=SC2154 # the layer's folder is set in apply.sh
# Installs a layer's packages with apt: which sources it reads, its timeouts and retries, and what it leaves behind.
# Sourced by apply.sh, never run.

readonly policy=/usr/sbin/policy-rc.d
# What apt reads while a layer is built: sources.list, sources.list.d/, preferences.d/. The image's own files stay
# untouched, so that nothing has to be cleaned up after a bake (fault 46).
readonly apt_own=/run/boxhound/apt
readonly -a apt_places=(-o Dir::Etc::SourceList="$apt_own/sources.list" -o Dir::Etc::SourceParts="$apt_own/sources.list.d"
  -o Dir::Etc::PreferencesParts="$apt_own/preferences.d")
# Timeout in seconds for each response of a mirror.
readonly patience=${BOXHOUND_APT_TIMEOUT:-20}
# Settings for a closed network: mirrors, proxy, CAs, logins (scripts/lib/bake/network-folder.ts). Only apt gets them:
# in the environment package scripts could read them and write them to disk.
readonly network=/run/boxhound/network
apt_network=()
# The output of apt's last run.
readonly apt_said=/run/boxhound/apt.said

# shellcheck source-path=SCRIPTDIR source=sources.sh
. "$layer/sources.sh"
# shellcheck source-path=SCRIPTDIR source=explain.sh
. "$layer/explain.sh"

# No package may start a service in an image: a database, for example, would write an identity to disk.
forbid_services() {
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 0755 "$policy"
}

# Removes what the packages needed but the image must not keep (fault 46).
clean_up() {
  rm -f -- "$policy"
}

# Copies the image's own sources and preferences, except the repositories of the Agent and of the database's publisher.
# Those are meant for the instance; in a bake only the layer that installs from one uses it, and maybe under a different
# address.
own_sources() {
  local file
  rm -rf -- "$apt_own"
  mkdir -p "$apt_own/sources.list.d" "$apt_own/preferences.d" "$apt_own/repositories" "$apt_own/none"
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/* /etc/apt/preferences.d/*; do
    if [[ -f $file && $file != */datadog.list && $file != */database.list ]]; then cp -- "$file" "$apt_own/${file#/etc/apt/}"; fi
  done
  archive_mirrors "$network/mirrors.tsv"
  mirrored_sources "$apt_own"
}

# The archive that the base itself installs from. An extra suite of the lab comes from the same mirror.
own_mirror() {
  if [[ -n $archive_main ]]; then printf '%s\n' "$archive_main"; else source_addresses "$apt_own" | sed -n 1p; fi
}

# Adds the sources that only this layer needs. Repositories are kept separate until their lists are downloaded: each is
# updated on its own, so that apt's exit status shows which one fails.
add_sources() {
  local name address suite components keyring rest mirror
  while read -r suite; do
    [[ -n $suite ]] || continue
    mirror=$(own_mirror)
    # A mirror's copy of a moving suite may be older than its Valid-Until date. This is allowed for this suite only.
    printf 'deb [check-valid-until=no] %s %s main\n' "$mirror" "$suite" >"$apt_own/sources.list.d/boxhound-bake-$suite.list"
    printf 'Package: *\nPin: release a=%s\nPin-Priority: 90\n' "$suite" >"$apt_own/preferences.d/boxhound-bake-$suite"
  done <"$layer/suites.list"
  while IFS=$'\t' read -r name address suite components keyring rest; do
    printf 'deb [signed-by=%s/%s] %s %s %s\n' "$layer" "$keyring" "$address" "$suite" "$components" \
      >"$apt_own/repositories/boxhound-bake-$name.list"
  done <"$layer/repositories.tsv"
}

# Loads the network settings once all sources are known: apt needs an entry for each host that bypasses the proxy.
use_network() {
  [[ -r $network/apt.conf ]] || return 0
  { source_addresses "$apt_own" && cut -f 2 "$layer/repositories.tsv"; } | direct_hosts "$network/direct.list" >"$apt_own/direct.conf"
  apt_network=(-c "$network/apt.conf" -c "$apt_own/direct.conf")
}

apt() {
  # Timeouts and bounded retries on the network (faults 35, 36), and time for others to release the lock (34). None of
  # this is stored in the image.
  local limit=900 status=0
  timeout --kill-after=10 "$limit" apt-get -q -y \
    -o Acquire::Retries=2 -o Acquire::http::Timeout="$patience" -o Acquire::https::Timeout="$patience" -o Acquire::Languages=none \
    -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-unsafe-io -o Dpkg::Options::=--force-confold \
    -o APT::Keep-Downloaded-Packages=true \
    -o APT::Install-Recommends=false -o APT::Sandbox::User=root "${apt_places[@]}" "${apt_network[@]}" "$@" 2>&1 | tee "$apt_said" || status=$?
  if ((status == 124 || status == 137)); then
    echo "apt-get was ended after $limit s: a mirror that answers, but too slowly, or a package that waits for something" >&2
  fi
  return "$status"
}

# Updates the distribution's lists, then each repository's. On failure `failing` is that repository's row, or empty for
# the distribution.
fetch_lists() {
  local name
  failing=()
  apt -o APT::Update::Error-Mode=any update || return
  while IFS=$'\t' read -ra failing; do
    name=boxhound-bake-${failing[0]}.list
    apt -o APT::Update::Error-Mode=any -o APT::Get::List-Cleanup=false -o Dir::Etc::SourceList="$apt_own/repositories/$name" \
      -o Dir::Etc::SourceParts="$apt_own/none" update || return
    cp -- "$apt_own/repositories/$name" "$apt_own/sources.list.d/$name" || return
  done <"$layer/repositories.tsv"
}

fetch_lists_anew() {
  find /var/lib/apt/lists -mindepth 1 -type f -delete
  rm -f -- "$apt_own"/sources.list.d/boxhound-bake-repository-*.list
  fetch_lists
}

update_lists() {
  local -a failing
  fetch_lists && return
  # A mirror in the middle of an update sends mismatched hashes, so start once more from clean lists (fault 35).
  step 'package lists do not fit together: once more from nothing'
  fetch_lists_anew && return
  if [[ ${#failing[@]} -eq 0 ]]; then
    explain_lists "$apt_said"
  else
    explain_repository "$apt_said" "${failing[1]}" "${failing[2]}" "${failing[3]}" "${failing[5]}" "${failing[6]}"
  fi
  return 1
}

# Installs files that the packages' own scripts rely on.
install_early() {
  [[ -s $layer/early.list ]] || return 0
  tar -C "$layer/root" --owner=0 --group=0 --files-from="$layer/early.list" -cf - | tar -C / --no-overwrite-dir -xpf -
}

install_wanted() { apt --allow-change-held-packages "${target[@]}" install -- "${wanted[@]}"; }

# still_missing: the first package not downloaded yet or not matching the lists; nothing if something else failed.
still_missing() {
  apt-get -qq -y "${apt_places[@]}" -o APT::Install-Recommends=false -o Acquire::ForceHash=SHA256 --allow-change-held-packages \
    "${target[@]}" --print-uris install -- "${wanted[@]}" 2>/dev/null | sed -n "/^'/{p;q}"
}

# If the mirror has changed since its lists were downloaded, new lists help (fault 35).
install_or_explain() {
  local row why
  local -a columns
  require_versions "${wanted[@]}"
  install_wanted && return
  why=$(reason "$apt_said")
  row=$(still_missing || true)
  [[ -n $row ]] || return 1
  if [[ ${why%% *} == mismatch || ${why%% *} == absent ]]; then
    step 'a package is not as the lists say: once more with new ones'
    rm -f -- /var/cache/apt/archives/partial/*.FAILED
    fetch_lists_anew && install_wanted && return
    row=$(still_missing || true)
    [[ -n $row ]] || return 1
  fi
  read -ra columns <<<"$row"
  explain_download "$apt_said" "${columns[@]:0:4}"
  return 1
}

# Whether a package is installed already, in the requested version.
installed() {
  local name=${1%%=*} version=
  [[ $1 != *=* ]] || version=${1#*=}
  # shellcheck disable=SC2016 # dpkg's own syntax
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
  install_early
  install_or_explain
  clean_up
  trap - EXIT
}

# Upgrades leave held packages alone.
hold_packages() {
  [[ -s $layer/hold.list ]] || return 0
  xargs --arg-file="$layer/hold.list" apt-mark hold --
}

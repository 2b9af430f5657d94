#!/bin/bash
# Prints the apt source lines for a Debian suite, with the addresses that this host's own apt uses. That way a closed
# network's mirror is used without its address in any project file. Prints nothing if the host isn't Debian; then
# mmdebstrap's default applies. If a bake has its own mirrors, in the folder $BOXHOUND_NETWORK, they take precedence.
#
#   mirror.sh SUITE KEYRING
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

# Prints the address of the configured source whose release is $1, without its trailing slash.
address_of() {
  # shellcheck disable=SC2016 # apt fills in $(REPO_URI)
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Release: $1" 2>/dev/null |
    grep -E '^(https?|file|copy):' | head -n 1 | sed 's|/*$||' || true
}

print_sources() {
  local suite=$1 keyring=$2 debian=$3 security=$4
  printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$debian" "$suite"
  printf 'deb [signed-by=%s] %s %s-updates main\n' "$keyring" "$debian" "$suite"
  if [[ -n $security ]]; then
    printf 'deb [signed-by=%s] %s %s-security main\n' "$keyring" "$security" "$suite"
  fi
}

main() {
  local suite=$1 keyring=$2 id='' codename='' debian security
  # shellcheck source-path=SCRIPTDIR source=../../provision/_engine/apt/sources.sh
  . "$(dirname -- "${BASH_SOURCE[0]}")/../../provision/_engine/apt/sources.sh"
  archive_mirrors "${BOXHOUND_NETWORK-}/mirrors.tsv"
  if [[ -n $archive_main ]]; then
    print_sources "$suite" "$keyring" "$archive_main" "$archive_security"
    return
  fi
  # shellcheck source=/dev/null
  eval "$(. /etc/os-release && printf 'id=%q codename=%q' "${ID:-}" "${VERSION_CODENAME:-}")"
  [[ $id == debian && -n $codename ]] || return 0
  debian=$(address_of "$codename")
  [[ -n $debian ]] || return 0
  security=$(address_of "$codename-security")
  print_sources "$suite" "$keyring" "$debian" "$security"
}

main "$@"

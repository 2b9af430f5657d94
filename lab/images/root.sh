#!/bin/bash
# Builds the root file system that the lab's container images stand on: Debian 13 with Python and without apt.
#
#   root.sh OUT.tar
#
# Runs as root. The same packages give the same archive.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

readonly suite=trixie
readonly keyring=/usr/share/keyrings/debian-archive-keyring.gpg
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
readonly here base=$here/../base

need() {
  command -v mmdebstrap >/dev/null || { printf 'lab/images: mmdebstrap is missing: apt-get install mmdebstrap\n' >&2; exit 3; }
  [[ -r $keyring ]] || { printf 'lab/images: %s is missing: apt-get install debian-archive-keyring\n' "$keyring" >&2; exit 3; }
  [[ $EUID -eq 0 ]] || { printf 'lab/images: run it as root\n' >&2; exit 3; }
}

main() {
  [[ $# -eq 1 ]] || { printf 'usage: root.sh OUT.tar\n' >&2; exit 2; }
  need
  local out=$1 packages
  local -a sources=()
  packages=$(grep -v '^#' "$here/packages.txt" | paste -sd, -)
  mapfile -t sources < <("$base/mirror.sh" "$suite" "$keyring")
  # Python's modules are compiled with these, so that they don't depend on the moment.
  export SOURCE_DATE_EPOCH=1767225600 PYTHONHASHSEED=0
  # Addresses of a mirror must not get into an image, and without apt nothing would read them.
  mmdebstrap --mode=root --variant=essential --format=tar --quiet --keyring="$keyring" --include="$packages" \
    --dpkgopt="$base/dpkg.cfg" --dpkgopt=force-unsafe-io --aptopt='Acquire::Languages "none"' --aptopt='APT::Sandbox::User "root"' \
    --setup-hook="$base/network.sh" --customize-hook="$here/tidy.sh" --skip=cleanup/apt \
    "$suite" "$out.partial" "${sources[@]}"
  mv -f -- "$out.partial" "$out"
}

main "$@"

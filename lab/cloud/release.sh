#!/bin/bash
# Puts an image into a publisher's release tree, signed: release.sh IMAGE OUT_FOLDER GNUPG_HOME [YYYYMMDD]
#
#   OUT_FOLDER/cloudimg-keyring.gpg                              the publisher's public key
#   OUT_FOLDER/releases/trixie/index.html                        all releases, newest last
#   OUT_FOLDER/releases/trixie/release-YYYYMMDD/SHA256SUMS       as `sha256sum --binary` writes it
#   OUT_FOLDER/releases/trixie/release-YYYYMMDD/SHA256SUMS.gpg   its detached signature
#   OUT_FOLDER/releases/trixie/release-YYYYMMDD/boxhound-lab-server-cloudimg-amd64.img
#
# The day defaults to today. The signing key is created in GNUPG_HOME if there is none; the last line printed is its
# full fingerprint. A release appears completely or not at all; releases of other days stay.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"
umask 022

readonly suite=trixie name=boxhound-lab-server-cloudimg-amd64.img owner='boxhound lab images'

key_fingerprint() {
  gpg --batch --with-colons --list-secret-keys "=$owner" 2>/dev/null | awk -F: '$1 == "fpr" { print $10; exit }'
}

# The key has no passphrase: it only signs what this machine serves to itself, and never leaves the machine.
ensure_key() {
  [[ -n $(key_fingerprint) ]] || gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key "$owner" ed25519 sign never >&2
  [[ -n $(key_fingerprint) ]] || { printf 'cloud image: gpg made no signing key\n' >&2; return 1; }
}

# A directory listing as a publisher's server shows it; plain file servers have none.
write_index() {
  local folder=$1 release
  {
    printf '<html><body><a href="../">Parent Directory</a>\n'
    for release in "$folder"/release-*/; do
      release=$(basename -- "$release")
      printf '<a href="%s/">%s/</a>\n' "$release" "$release"
    done
    printf '</body></html>\n'
  } >"$work/index.html"
  chmod 0644 "$work/index.html"
  mv -- "$work/index.html" "$folder/index.html"
}

clean_up() {
  gpgconf --kill gpg-agent 2>/dev/null || true
  [[ -z ${work:-} ]] || rm -rf -- "$work"
}

main() {
  (($# == 3 || $# == 4)) || { printf 'usage: release.sh IMAGE OUT_FOLDER GNUPG_HOME [YYYYMMDD]\n' >&2; exit 2; }
  command -v gpg >/dev/null || { printf 'cloud image: gpg is missing: apt-get install gpg gpg-agent\n' >&2; exit 3; }
  local image=$1 out day=${4:-$(date -u +%Y%m%d)} fingerprint folder
  [[ $day =~ ^[0-9]{8}$ ]] || { printf 'cloud image: a day is YYYYMMDD, found %s\n' "$day" >&2; exit 2; }
  out=$(realpath -m -- "$2")
  folder=$out/releases/$suite/release-$day
  mkdir -p -- "$3" "$(dirname -- "$folder")"
  chmod 0700 -- "$3"
  GNUPGHOME=$(cd -- "$3" && pwd)
  export GNUPGHOME
  trap clean_up EXIT
  work=$(mktemp -d -- "$out/.release-XXXXXX")
  ensure_key
  fingerprint=$(key_fingerprint)
  mkdir "$work/new"
  cp --reflink=auto -- "$image" "$work/new/$name"
  (cd "$work/new" && sha256sum --binary -- "$name" >SHA256SUMS)
  gpg --batch --quiet --local-user "$fingerprint" --digest-algo SHA512 --detach-sign --output "$work/new/SHA256SUMS.gpg" "$work/new/SHA256SUMS"
  gpg --batch --quiet --export --output "$work/cloudimg-keyring.gpg" "$fingerprint"
  chmod -R u=rwX,go=rX "$work/new" "$work/cloudimg-keyring.gpg"
  sync "$work"/new/* "$work/cloudimg-keyring.gpg"
  if [[ -e $folder ]]; then mv -- "$folder" "$work/old"; fi
  mv -- "$work/new" "$folder"
  mv -- "$work/cloudimg-keyring.gpg" "$out/cloudimg-keyring.gpg"
  write_index "${folder%/*}"
  printf '%s\n' "$fingerprint"
}

main "$@"

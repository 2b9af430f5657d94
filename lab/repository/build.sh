#!/usr/bin/env bash
# Builds a signed apt repository from the packages in a folder: build.sh DEB_DIR REPO_DIR GNUPG_HOME
#
# Laid out like Datadog's, in two folders. REPO_DIR/apt has suite `stable` and component `7`, like apt.datadoghq.com.
# REPO_DIR/keys has the armored public key under two names, CURRENT and the last eight digits of its fingerprint, like
# keys.datadoghq.com. The signing key is created in GNUPG_HOME if there is none. Its full fingerprint is written to
# REPO_DIR/fingerprints and printed as the last line.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"
umask 022

readonly SUITE=stable COMPONENT=7 ARCHITECTURE=amd64
readonly OWNER='boxhound lab repository'

die() {
  printf 'lab/repository/build.sh: %s\n' "$1" >&2
  exit "${2:-1}"
}

key_fingerprint() {
  gpg --batch --with-colons --list-secret-keys "=$OWNER" 2>/dev/null | awk -F: '$1 == "fpr" { print $10; exit }'
}

# The key has no passphrase: it only signs what this machine serves to itself, and never leaves the machine.
ensure_key() {
  if [[ -z $(key_fingerprint) ]]; then
    gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key "$OWNER" ed25519 sign never >&2
  fi
}

# Packages, its compressed form, and the by-hash names of both.
write_index() {
  local root=$1 folder=dists/$SUITE/$COMPONENT/binary-$ARCHITECTURE file
  mkdir -p "$root/$folder/by-hash/SHA256" "$root/$folder/by-hash/SHA512"
  (cd "$root" && apt-ftparchive packages "pool/$COMPONENT") >"$root/$folder/Packages"
  gzip --best --no-name --keep "$root/$folder/Packages"
  for file in Packages Packages.gz; do
    # apt requests the strongest hash that Release lists.
    cp "$root/$folder/$file" "$root/$folder/by-hash/SHA256/$(sha256sum "$root/$folder/$file" | cut -c1-64)"
    cp "$root/$folder/$file" "$root/$folder/by-hash/SHA512/$(sha512sum "$root/$folder/$file" | cut -c1-128)"
  done
}

write_release() {
  local dist=$1
  apt-ftparchive \
    -o APT::FTPArchive::Release::Origin='boxhound lab' \
    -o APT::FTPArchive::Release::Label='boxhound lab' \
    -o APT::FTPArchive::Release::Suite="$SUITE" \
    -o APT::FTPArchive::Release::Codename="$SUITE" \
    -o APT::FTPArchive::Release::Architectures="$ARCHITECTURE" \
    -o APT::FTPArchive::Release::Components="$COMPONENT" \
    -o APT::FTPArchive::Release::Acquire-By-Hash=yes \
    release "$dist" >"$dist.release"
  mv "$dist.release" "$dist/Release"
}

sign() {
  local dist=$1 fingerprint=$2
  gpg --batch --yes --quiet --local-user "$fingerprint" --digest-algo SHA512 --clearsign \
    --output "$dist/InRelease" "$dist/Release"
  gpg --batch --yes --quiet --local-user "$fingerprint" --digest-algo SHA512 --armor --detach-sign \
    --output "$dist/Release.gpg" "$dist/Release"
}

stage() {
  local debs=$1 root=$2/apt keys=$2/keys fingerprint=$3 deb name
  mkdir -p "$root/pool/$COMPONENT" "$keys"
  for deb in "$debs"/*.deb; do
    [[ -e $deb ]] || die "no .deb in $debs: run the build.sh of the lab's packages first"
    # Some clients encode a plus sign in a URL and some don't.
    name=$(basename "$deb")
    cp "$deb" "$root/pool/$COMPONENT/${name//+/.}"
  done
  write_index "$root"
  write_release "$root/dists/$SUITE"
  sign "$root/dists/$SUITE" "$fingerprint"
  gpg --batch --quiet --armor --export --output "$keys/DATADOG_APT_KEY_CURRENT.public" "$fingerprint"
  cp "$keys/DATADOG_APT_KEY_CURRENT.public" "$keys/DATADOG_APT_KEY_${fingerprint: -8}.public"
  printf '%s\n' "$fingerprint" >"$2/fingerprints"
  chmod -R u=rwX,go=rX "$2"
}

clean_up() {
  gpgconf --kill gpg-agent 2>/dev/null || true
  [[ -z ${work:-} ]] || rm -rf "$work"
}

main() {
  [[ $# -eq 3 ]] || die 'usage: build.sh DEB_DIR REPO_DIR GNUPG_HOME' 2
  command -v apt-ftparchive >/dev/null || die 'apt-ftparchive is missing: apt-get install apt-utils' 3
  command -v gpg >/dev/null || die 'gpg is missing: apt-get install gpg gpg-agent' 3
  local debs=$1 repository=$2 fingerprint
  mkdir -p "$3" "$(dirname "$repository")"
  chmod 0700 "$3"
  GNUPGHOME=$(cd "$3" && pwd)
  export GNUPGHOME
  # One at a time: two builds would each create a key, and the first to finish would end the other's gpg-agent.
  exec 9>"$GNUPGHOME/.lock"
  flock 9
  trap clean_up EXIT
  # In the destination's parent folder, so that the last step is a rename.
  work=$(mktemp -d "$(dirname "$repository")/.repository-XXXXXX")
  ensure_key
  fingerprint=$(key_fingerprint)
  [[ -n $fingerprint ]] || die 'gpg made no signing key'
  stage "$debs" "$work/new" "$fingerprint"
  if [[ -e $repository ]]; then mv "$repository" "$work/old"; fi
  mv "$work/new" "$repository"
  printf '%s\n' "$fingerprint"
}

main "$@"

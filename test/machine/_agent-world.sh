#!/usr/bin/env bash
# What Datadog publishes, in small, in one folder: _agent-world.sh FOLDER
#
#   repository/apt, repository/keys, repository/fingerprints   two versions of a package datadog-agent, by lab/repository/build.sh
#   other/        the same, signed by another key
#   expired.public, expired.fingerprint   a key that is past its time
#   distribution/   an unsigned archive with the package `other`
#   image.qcow2   the tiny disk image, in which apt can install signed packages; its own sources are that archive alone
#   server.pem, server.key   a certificate for 127.0.0.1 that nobody trusts
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"
umask 022

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)

control() {
  printf 'Package: %s\nVersion: %s\nArchitecture: amd64\nMaintainer: none <none@example.invalid>\nDescription: none\n' "$1" "$2"
}

# The postinst does what Datadog's does with install_info (lab/agent/debian/postinst).
agent_package() {
  local folder=$1 version=$2 tree=$1/agent-$2.tree
  mkdir -p "$tree/DEBIAN" "$tree/lib/systemd/system" "$tree/etc/datadog-agent"
  control datadog-agent "1:$version-1" >"$tree/DEBIAN/control"
  printf '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n' >"$tree/lib/systemd/system/datadog-agent.service"
  cat >"$tree/DEBIAN/postinst" <<'SCRIPT'
#!/bin/sh
set -e
[ -e /etc/datadog-agent/install_info ] || echo '{}' | tee /etc/datadog-agent/install_info >/etc/datadog-agent/install.json
chown -R dd-agent:dd-agent /etc/datadog-agent
SCRIPT
  chmod 0755 "$tree/DEBIAN/postinst"
  dpkg-deb --root-owner-group -Zgzip --build "$tree" "$folder/debs/datadog-agent_$version-1_amd64.deb" >/dev/null
}

distribution() {
  local root=$1 tree=$1/other.tree
  mkdir -p "$tree/DEBIAN" "$root/dists/tiny/main/binary-amd64"
  control other 1.0 >"$tree/DEBIAN/control"
  dpkg-deb --root-owner-group -Zgzip --build "$tree" "$root/other.deb" >/dev/null
  rm -r "$tree"
  (cd "$root" && apt-ftparchive packages . >dists/tiny/main/binary-amd64/Packages)
  apt-ftparchive -o APT::FTPArchive::Release::Suite=tiny -o APT::FTPArchive::Release::Codename=tiny \
    -o APT::FTPArchive::Release::Architectures=amd64 -o APT::FTPArchive::Release::Components=main release "$root/dists/tiny" >"$root/Release"
  mv "$root/Release" "$root/dists/tiny/Release"
}

expired_key() {
  local folder=$1 home=$1/g
  mkdir -m 0700 "$home"
  gpg --homedir "$home" --batch --quiet --faked-system-time 20200101T000000 --pinentry-mode loopback --passphrase '' \
    --quick-generate-key expired ed25519 sign 2y 2>/dev/null
  gpg --homedir "$home" --batch --quiet --armor --export --output "$folder/expired.public" expired
  gpg --homedir "$home" --batch --with-colons --list-keys expired | sed -n '/^fpr/{s/:*$//;s/.*://p;q}' >"$folder/expired.fingerprint"
  gpgconf --homedir "$home" --kill gpg-agent
}

main() {
  local folder=$1
  mkdir -p "$folder/debs" "$folder/distribution"
  agent_package "$folder" 7.83.0
  agent_package "$folder" 7.84.0
  bash "$here/../../lab/repository/build.sh" "$folder/debs" "$folder/repository" "$folder/a" >/dev/null
  bash "$here/../../lab/repository/build.sh" "$folder/debs" "$folder/other" "$folder/b" >/dev/null
  distribution "$folder/distribution"
  expired_key "$folder"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
    -keyout "$folder/server.key" -out "$folder/server.pem" 2>/dev/null
  bash "$here/_closed-base.sh" "$folder/image.qcow2" /dev/null
}

main "$@"

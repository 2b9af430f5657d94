#!/usr/bin/env bash
# Everything that a closed network offers, in one folder: _closed-world.sh FOLDER
#
#   authority.pem                 its own authority; server.pem, server.key: the certificate of its server, for *.closed.invalid and 127.0.0.1
#   keyring.gpg                   the key that signs its packages
#   www/debian, www/debian-security   a signed archive: closed-one (suite tiny), which needs closed-two (suite tiny-security); closed-three (extra)
#   www/vendor, www/keys          a repository like the Agent's, with closed-vendor, and its public key; key.txt has the fingerprint
#   www/simple, www/files         a Python index with one wheel, and requirements.txt with its hash
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"
umask 022

make_certificates() {
  local folder=$1
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj '/CN=Authority of the closed network' \
    -addext basicConstraints=critical,CA:true -keyout "$folder/authority.key" -out "$folder/authority.pem"
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=mirror.closed.invalid' -keyout "$folder/server.key" -out "$folder/server.csr"
  openssl x509 -req -in "$folder/server.csr" -CA "$folder/authority.pem" -CAkey "$folder/authority.key" -days 2 -out "$folder/server.pem" \
    -extfile <(printf 'subjectAltName=DNS:*.closed.invalid,DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n')
}

# package FOLDER NAME DEPENDS: its script leaves what it was given, for the test to read.
package() {
  local folder=$1 name=$2 depends=$3 tree=$1/$2.tree
  mkdir -p "$tree/DEBIAN" "$tree/usr/share/$name"
  echo "$name" >"$tree/usr/share/$name/content"
  printf 'Package: %s\nVersion: 1.0\nArchitecture: amd64\nMaintainer: none <none@closed.invalid>\nDescription: none\n%s' "$name" "$depends" >"$tree/DEBIAN/control"
  printf '#!/bin/sh\nset -e\nenv >/usr/share/%s/environment\n' "$name" >"$tree/DEBIAN/postinst"
  chmod 0755 "$tree/DEBIAN/postinst"
  dpkg-deb --root-owner-group -Zgzip --build "$tree" "$folder/$name.deb" >/dev/null
}

# archive ROOT SUITE COMPONENT DEB: a signed archive of that one package.
archive() {
  local root=$1 suite=$2 component=$3 deb=$4 lists=dists/$2/$3/binary-amd64
  mkdir -p "$root/pool" "$root/$lists"
  cp "$deb" "$root/pool/"
  (cd "$root" && apt-ftparchive packages "pool/${deb##*/}" >"$lists/Packages")
  apt-ftparchive -o APT::FTPArchive::Release::Suite="$suite" -o APT::FTPArchive::Release::Codename="$suite" \
    -o APT::FTPArchive::Release::Architectures=amd64 -o APT::FTPArchive::Release::Components="$component" release "$root/dists/$suite" >"$root/Release"
  gpg --batch --quiet --digest-algo SHA512 --clearsign --output "$root/dists/$suite/InRelease" "$root/Release"
  rm "$root/Release"
}

make_archives() {
  local folder=$1
  mkdir -m 0700 "$folder/gnupg"
  export GNUPGHOME=$folder/gnupg
  gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key 'closed archive' ed25519 sign never
  gpg --batch --quiet --export --output "$folder/keyring.gpg"
  package "$folder" closed-one $'Depends: closed-two\n'
  package "$folder" closed-two ''
  package "$folder" closed-three ''
  package "$folder" closed-vendor ''
  archive "$folder/www/debian" tiny main "$folder/closed-one.deb"
  archive "$folder/www/debian" extra main "$folder/closed-three.deb"
  archive "$folder/www/debian-security" tiny-security main "$folder/closed-two.deb"
  archive "$folder/www/vendor" stable 7 "$folder/closed-vendor.deb"
  mkdir "$folder/www/keys"
  gpg --batch --quiet --armor --export --output "$folder/www/keys/VENDOR_KEY.public"
  gpg --batch --with-colons --list-keys | awk -F: '$1 == "fpr" { print $10; exit }' >"$folder/key.txt"
  gpgconf --kill gpg-agent
}

make_index() {
  local folder=$1 wheel=closed_wheel-1.0-py3-none-any.whl
  mkdir -p "$folder/www/simple/closed-wheel" "$folder/www/files"
  python3 -IB - "$folder/www/files/$wheel" <<'PYTHON'
import sys
import zipfile

info = 'closed_wheel-1.0.dist-info'
with zipfile.ZipFile(sys.argv[1], 'w') as wheel:
    wheel.writestr('closed_wheel.py', 'print("here")\n')
    wheel.writestr(f'{info}/METADATA', 'Metadata-Version: 2.1\nName: closed-wheel\nVersion: 1.0\n')
    wheel.writestr(f'{info}/WHEEL', 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n')
    wheel.writestr(f'{info}/RECORD', '')
PYTHON
  printf '<a href="../../files/%s">%s</a>\n' "$wheel" "$wheel" >"$folder/www/simple/closed-wheel/index.html"
  printf 'closed-wheel==1.0 --hash=sha256:%s\n' "$(sha256sum <"$folder/www/files/$wheel" | cut -c1-64)" >"$folder/requirements.txt"
}

main() {
  local folder=$1
  make_certificates "$folder" 2>/dev/null
  make_archives "$folder"
  make_index "$folder"
}

main "$@"

#!/usr/bin/env bash
# The tiny disk image, in which apt can install signed packages over TLS and the real seal can run: _closed-base.sh OUT.qcow2 KEYRING. Its
# sources are those of a Debian image, in both formats; KEYRING stands where Debian's archive keyring does.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=_base.sh
. "$here/_base.sh"

readonly keyring=$2
readonly more=(apt-cache apt-config apt-key basename cmp cut diff dirname dpkg-deb dpkg-split gpgv grep id ldconfig mktemp mountpoint openssl
  readlink run-parts sha256sum start-stop-daemon tail tee test update-ca-certificates usermod wc)

more_root() {
  local root=$1 name path
  for name in "${more[@]}"; do
    path=$(type -P "$name") || continue # apt-key has gone from younger systems
    copy_program "$root" "$(readlink -f -- "$path")"
  done
  for name in https sqv; do
    if [[ -e /usr/lib/apt/methods/$name ]]; then copy_program "$root" "/usr/lib/apt/methods/$name"; fi
  done
  if path=$(type -P sqv); then copy_program "$root" "$path"; fi
  install -D -m 0644 "$keyring" "$root/usr/share/keyrings/debian-archive-keyring.gpg"
  install -D -m 0644 "$keyring" "$root/etc/apt/trusted.gpg.d/archive.gpg"
  printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian tiny main\n' >"$root/etc/apt/sources.list"
  printf 'Types: deb\nURIs: http://security.debian.org/debian-security\nSuites: tiny-security\nComponents: main\nSigned-By: %s\n' \
    /usr/share/keyrings/debian-archive-keyring.gpg >"$root/etc/apt/sources.list.d/security.sources"
  printf 'ID=debian\nVERSION_ID="13"\n' >"$root/etc/os-release"
  printf 'root:*:20000:0:99999:7:::\n' >"$root/etc/shadow"
  printf '127.0.0.1 localhost\n' | tee "$root/etc/hosts" >"$root/etc/environment"
  # One public authority, so that a trusted one more can be told from it.
  path=$(find /usr/share/ca-certificates -name '*.crt' | sort | sed -n 1p)
  install -D -m 0644 "$path" "$root/usr/share/ca-certificates/public.crt"
  echo public.crt >"$root/etc/ca-certificates.conf"
  mkdir -p "$root"/{etc/ssl/certs,etc/ssh,var/log/apt,var/cache/apt/archives/partial,var/tmp,home,usr/local/share/ca-certificates}
  chroot "$root" update-ca-certificates >/dev/null
}

main "$1"

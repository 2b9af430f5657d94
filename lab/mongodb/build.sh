#!/usr/bin/env bash
# Builds the lab's MongoDB, packages `mongodb-org` and `mongodb-org-server`: build.sh OUT_DIR
#
# Prints the paths of the .deb files; mongodb-org's comes last. The same sources give the same files. The first build
# compiles FerretDB (ferretdb.sh), which takes minutes; later ones find it in $BOXHOUND_GO.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"
umask 022

readonly VERSION='8.0.0+lab'

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly HERE

die() {
  printf 'lab/mongodb/build.sh: %s\n' "$1" >&2
  exit "${2:-1}"
}

# In KiB, including space for the modules that postinst compiles.
installed_size() {
  find "$1" -type f -not -path '*/DEBIAN/*' -printf '%s\n' | awk '{ total += $1 } END { printf "%d", total / 1024 + 256 }'
}

stage_server() {
  local tree=$1 program=$2 home=$1/usr/lib/mongodb-lab name
  mkdir -p "$tree/DEBIAN" "$tree/var/lib/mongodb" "$tree/var/log/mongodb" "$home"
  cp -rT "$HERE/src/lab_mongodb" "$home/lab_mongodb"
  find "$home" -depth -type d -name __pycache__ -exec rm -rf {} +
  install -m 0755 "$program/ferretdb" "$home/ferretdb"
  install -D -m 0644 "$program/LICENSE" "$tree/usr/share/doc/mongodb-org-server/FerretDB-LICENSE"
  install -D -m 0755 "$HERE/bin/mongod" "$tree/usr/bin/mongod"
  install -D -m 0644 "$HERE/debian/mongod.service" "$tree/usr/lib/systemd/system/mongod.service"
  install -D -m 0644 "$HERE/debian/mongod.conf" "$tree/etc/mongod.conf"
  printf '/etc/mongod.conf\n' >"$tree/DEBIAN/conffiles"
  for name in postinst prerm postrm; do install -m 0755 "$HERE/debian/$name" "$tree/DEBIAN/$name"; done
}

# Clamps all timestamps, so that two builds of the same sources give the same file.
pack() {
  local tree=$1 name=$2 deb=$3/$2_${VERSION}_amd64.deb
  sed "s/^Version: .*/Version: $VERSION/; s/@VERSION@/$VERSION/" "$HERE/debian/$name.control" >"$tree/DEBIAN/control"
  printf 'Installed-Size: %d\n' "$(installed_size "$tree")" >>"$tree/DEBIAN/control"
  chmod -R u=rwX,go=rX "$tree"
  find "$tree" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
  dpkg-deb --root-owner-group -Zzstd -z10 --build "$tree" "$work/package.deb" >/dev/null
  mv "$work/package.deb" "$deb.tmp"
  mv "$deb.tmp" "$deb"
  printf '%s\n' "$deb"
}

main() {
  [[ $# -eq 1 ]] || die 'usage: build.sh OUT_DIR' 2
  command -v dpkg-deb >/dev/null || die 'dpkg-deb is missing: apt-get install dpkg-dev' 3
  local out=$1 program
  mkdir -p "$out"
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-1767225600}
  program=$("$HERE/ferretdb.sh")
  stage_server "$work/server" "$program"
  mkdir -p "$work/meta/DEBIAN"
  pack "$work/server" mongodb-org-server "$out"
  pack "$work/meta" mongodb-org "$out"
}

main "$@"

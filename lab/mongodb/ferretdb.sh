#!/usr/bin/env bash
# Compiles FerretDB: ferretdb.sh
#
# Prints the folder that holds `ferretdb` and its licence. It is compiled once per version of FerretDB, of Go and of this script, which
# takes minutes, and kept in $BOXHOUND_GO (default ~/.cache/boxhound/go); Go's wheel is kept in $BOXHOUND_WHEELS.
set -Eeuo pipefail
# Nothing of the caller's shell has a say in here: no BASH_ENV, no function, no CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"
umask 022

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly HERE

die() {
  printf 'lab/mongodb/ferretdb.sh: %s\n' "$1" >&2
  exit "${2:-1}"
}

pip_quietly() {
  PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore python3 -m pip "$@"
}

# A wheel that any Python may unpack: it holds the compiler and nothing that is imported.
for_any() {
  printf '%s\n' --only-binary :all: --no-deps --require-hashes --platform manylinux_2_17_x86_64
}

# Downloads Go once per lock file and unpacks it. Two builds at once each download; the first to end gives its folder.
unpack_go() {
  local store=$1 target=$2 digest folder temporary options
  digest=$(sha256sum "$HERE/requirements.txt" | cut -c1-64)
  folder=$store/go-$digest
  mapfile -t options < <(for_any)
  if [[ ! -d $folder ]]; then
    mkdir -p "$store"
    # A bake names a folder of its own on the same file system, which the next run clears should this one be killed.
    temporary=$(mktemp -d "${BOXHOUND_SCRATCH:-$store}/.go-XXXXXX")
    if ! pip_quietly download --quiet "${options[@]}" --dest "$temporary" --requirement "$HERE/requirements.txt" >&2; then
      rm -rf "$temporary"
      die 'Go, the wheel of lab/mongodb/requirements.txt, could not be downloaded'
    fi
    mv -T "$temporary" "$folder" 2>/dev/null || rm -rf "$temporary"
  fi
  pip_quietly install --quiet --no-index --find-links "$folder" --no-compile "${options[@]}" --target "$target" \
    --requirement "$HERE/requirements.txt" >&2
  chmod -R u+x "$target/go/bin" "$target/go/pkg/tool"
}

# Go with nothing of the caller's in it but where modules come from.
go_here() {
  env -u GOROOT -u GOOS -u GOARCH -u GOAMD64 -u GOEXPERIMENT -u GOTMPDIR -u GODEBUG GOFLAGS=-modcacherw GOWORK=off \
    GOTOOLCHAIN=local GOSUMDB=off CGO_ENABLED=0 GOPATH="$work/gopath" GOMODCACHE="$work/modules" \
    GOCACHE="$work/objects" "$work/go/go/bin/go" "$@"
}

# A field of what `go mod download -json` prints.
field() {
  sed -n "s/^\t\"$1\": \"\(.*\)\",\{0,1\}$/\1/p" "$work/download.json"
}

# The module as published lacks the file that holds its version, and its program ends at once without it: hence the copy.
compile() {
  local program=$1 module version hash
  read -r module version hash < <(grep -v '^#' "$HERE/ferretdb.txt")
  mkdir -p "$work/empty"
  (cd "$work/empty" && go_here mod download -json "$module@$version") >"$work/download.json" ||
    die "$module $version could not be downloaded: $(field Error)"
  [[ $(field Sum) == "$hash" ]] || die "$module $version has the hash $(field Sum), expected $hash"
  cp -rT "$(field Dir)" "$work/source"
  chmod -R u+w "$work/source"
  printf '%s\n' "$version" >"$work/source/build/version/version.txt"
  (cd "$work/source" && go_here build -trimpath -buildvcs=false -mod=readonly -tags ferretdb_no_postgresql \
    -ldflags '-s -w' -o "$program/ferretdb" ./cmd/ferretdb) >&2 || die 'FerretDB could not be compiled'
  install -m 0644 "$work/source/LICENSE" "$program/LICENSE"
  (cd "$program" && sha256sum ferretdb LICENSE >SHA256SUMS)
}

# A folder whose contents are what they were when it was made.
is_whole() {
  [[ -d $1 ]] && (cd "$1" && sha256sum --quiet --check SHA256SUMS) >&2
}

main() {
  [[ $# -eq 0 ]] || die 'usage: ferretdb.sh' 2
  python3 -m pip --version >/dev/null 2>&1 || die 'pip is missing: apt-get install python3-pip' 3
  local cache=${XDG_CACHE_HOME:-$HOME/.cache}/boxhound store key folder kept
  store=${BOXHOUND_GO:-$cache/go}
  key=$(cat "$HERE/requirements.txt" "$HERE/ferretdb.txt" "$HERE/ferretdb.sh" | sha256sum | cut -c1-64)
  folder=$store/ferretdb-$key
  if ! is_whole "$folder"; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    mkdir -p "$store" "$work/program"
    unpack_go "${BOXHOUND_WHEELS:-$cache/wheels}" "$work/go"
    compile "$work/program"
    # Beside its final place, so that the last step is a rename.
    kept=$(mktemp -d "$store/.ferretdb-XXXXXX")
    cp "$work/program"/* "$kept/"
    chmod 0755 "$kept"
    rm -rf "$folder"
    mv -T "$kept" "$folder" 2>/dev/null || rm -rf "$kept"
  fi
  printf '%s\n' "$folder"
}

main "$@"

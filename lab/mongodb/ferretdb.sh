#!/usr/bin/env bash
# Compiles FerretDB: ferretdb.sh
#
# Prints the folder that contains `ferretdb` and its licence. It is compiled once per version of FerretDB, Go and this
# script, which takes minutes, and kept in $BOXHOUND_GO (default ~/.cache/boxhound/go). Go's wheel is kept in
# $BOXHOUND_WHEELS.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
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

# Any Python can unpack this wheel: it contains the compiler and nothing to import.
for_any() {
  printf '%s\n' --only-binary :all: --no-deps --require-hashes --platform manylinux_2_17_x86_64
}

# Downloads and unpacks Go once per lock file. If two builds download at once, the first to finish provides the folder.
unpack_go() {
  local store=$1 target=$2 digest folder temporary options
  digest=$(sha256sum "$HERE/requirements.txt" | cut -c1-64)
  folder=$store/go-$digest
  mapfile -t options < <(for_any)
  if [[ ! -d $folder ]]; then
    mkdir -p "$store"
    # A bake provides a folder on the same file system, which its next run cleans up if this one is killed.
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

# Runs Go without the caller's settings, except for the source of modules.
go_here() {
  env -u GOROOT -u GOOS -u GOARCH -u GOAMD64 -u GOEXPERIMENT -u GOTMPDIR -u GODEBUG GOFLAGS=-modcacherw GOWORK=off \
    GOTOOLCHAIN=local GOSUMDB=off CGO_ENABLED=0 GOPATH="$work/gopath" GOMODCACHE="$work/modules" \
    GOCACHE="$work/objects" "$work/go/go/bin/go" "$@"
}

# Prints a field from the output of `go mod download -json`.
field() {
  sed -n "s/^\t\"$1\": \"\(.*\)\",\{0,1\}$/\1/p" "$work/download.json"
}

# The published module lacks the file with its version, without which the program exits at once; so this makes a copy.
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

# Whether a folder's content is still what it was when it was created.
is_whole() {
  [[ -d $1 ]] && (cd "$1" && sha256sum --quiet --check SHA256SUMS) >&2
}

main() {
  [[ $# -eq 0 ]] || die 'usage: ferretdb.sh' 2
  python3 -m pip --version >/dev/null 2>&1 || die 'pip is missing: apt-get install python3-pip' 3
  local cache=${XDG_CACHE_HOME:-$HOME/.cache}/boxhound store key folder
  store=${BOXHOUND_GO:-$cache/go}
  key=$(cat "$HERE/requirements.txt" "$HERE/ferretdb.txt" "$HERE/ferretdb.sh" | sha256sum | cut -c1-64)
  folder=$store/ferretdb-$key
  if ! is_whole "$folder"; then
    work=$(mktemp -d)
    trap 'rm -rf "$work" "${kept-}"' EXIT
    mkdir -p "$store" "$work/program"
    unpack_go "${BOXHOUND_WHEELS:-$cache/wheels}" "$work/go"
    compile "$work/program"
    # On the file system of its destination, so that the last step is a rename.
    kept=$(mktemp -d "${BOXHOUND_SCRATCH:-$store}/.ferretdb-XXXXXX")
    cp "$work/program"/* "$kept/"
    chmod 0755 "$kept"
    rm -rf "$folder"
    mv -T "$kept" "$folder" 2>/dev/null || rm -rf "$kept"
  fi
  printf '%s\n' "$folder"
}

main "$@"

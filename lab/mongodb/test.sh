#!/usr/bin/env bash
# Tests the lab's MongoDB: test.sh [PYTEST_ARGUMENT…]
#
# Needs Python 3.11 or newer with venv and pip. The locked test environment is created once per lock file in
# $BOXHOUND_WHEELS. If LAB_MONGODB_FERRETDB is the path of a built FerretDB (ferretdb.sh), the tests also run with that, not
# only with a tiny fake.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly HERE

make_environment() {
  local store=$1 folder temporary version
  version=$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  folder=$store/mongodb-test-$version-$(sha256sum "$HERE/requirements-test.txt" | cut -c1-64)
  if [[ ! -d $folder ]]; then
    mkdir -p "$store"
    temporary=$(mktemp -d "$store/.mongodb-test-XXXXXX")
    trap 'rm -rf "$temporary"' ERR
    python3 -m venv "$temporary" >&2
    PIP_DISABLE_PIP_VERSION_CHECK=1 "$temporary/bin/python" -m pip install --quiet --only-binary :all: --no-deps \
      --require-hashes --requirement "$HERE/requirements-test.txt" >&2
    mv -T "$temporary" "$folder" 2>/dev/null || rm -rf "$temporary"
    trap - ERR
  fi
  printf '%s\n' "$folder"
}

main() {
  local store=${BOXHOUND_WHEELS:-${XDG_CACHE_HOME:-$HOME/.cache}/boxhound/wheels} environment
  environment=$(make_environment "$store")
  cd "$HERE"
  export PYTHONDONTWRITEBYTECODE=1
  if [[ $# -eq 0 ]]; then
    "$environment/bin/python" -m ruff check --no-cache . bin/mongod
    "$environment/bin/python" -m ruff format --no-cache --check . bin/mongod
  fi
  "$environment/bin/python" -m pytest -p no:cacheprovider "$@"
}

main "$@"

#!/usr/bin/env bash
# Tests the lab's MongoDB: test.sh [PYTEST_ARGUMENT…]
#
# Needs Python 3.11 or newer with venv and pip. The locked test environment is made once per lock file in $BOXHOUND_WHEELS.
# LAB_MONGODB_FERRETDB names a built FerretDB (ferretdb.sh): the same tests then run on it as well, not only on a tiny fake.
set -Eeuo pipefail
# Nothing of the caller's shell has a say in here: no BASH_ENV, no function, no CDPATH (bash(1), -p).
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

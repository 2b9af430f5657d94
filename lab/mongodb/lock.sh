#!/usr/bin/env bash
# Resolves requirements.in into requirements.txt, and likewise for the tests, with the hashes of all files of each
# selected release. Needs uv on the PATH; only needed when a version changes.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

lock() {
  local name=$1
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
    --custom-compile-command 'lab/mongodb/lock.sh' --output-file "$name.txt" "$name.in"
}

main() {
  cd "$(dirname "${BASH_SOURCE[0]}")"
  lock requirements
  lock requirements-test
}

main "$@"

#!/usr/bin/env bash
# Resolves requirements.in into requirements.txt, and the tests' set likewise, with the hash of every file of every
# release taken. Needs uv on the PATH; needed only when a version changes.
set -Eeuo pipefail
# Nothing of the caller's shell has a say in here: no BASH_ENV, no function, no CDPATH (bash(1), -p).
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

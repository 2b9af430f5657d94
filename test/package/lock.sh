#!/usr/bin/env bash
# Writes requirements.txt anew from requirements.in; needs uv. Arguments go to uv, e.g. --upgrade.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

main() {
  cd -- "$(dirname -- "${BASH_SOURCE[0]}")"
  uv pip compile --quiet --generate-hashes --only-binary :all: --universal --python-version 3.11 --no-emit-index-url \
    --custom-compile-command test/package/lock.sh --output-file requirements.txt "$@" requirements.in
}

main "$@"

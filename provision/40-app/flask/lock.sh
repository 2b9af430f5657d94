#!/usr/bin/env bash
# Updates this app's two lock files from requirements.in and pip.in; needs uv. Arguments go to uv, e.g. --upgrade.
set -Eeuo pipefail

# Resolved for Python 3.12 (Ubuntu 24.04). Every release that supports it also has files for 3.13 (Debian 13), so one
# list with the hashes of all files serves both.
lock() {
  local -r from=$1 to=$2
  shift 2
  uv pip compile --quiet --generate-hashes --only-binary :all: --python-version 3.12 \
    --python-platform x86_64-manylinux_2_28 --no-emit-index-url \
    --custom-compile-command provision/40-app/flask/lock.sh --output-file "$to" "$@" "$from"
}

main() {
  cd -- "$(dirname -- "${BASH_SOURCE[0]}")"
  lock requirements.in root/opt/trial-app/requirements.txt "$@"
  lock pip.in pip.txt "$@"
}

main "$@"

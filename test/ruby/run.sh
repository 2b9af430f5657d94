#!/usr/bin/env bash
# Style and tests of the Vagrantfile and of scripts/vagrant. Closes with one line over both, as CI reads it.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

main() {
  local root passed=0 failed=0 said
  root=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../..
  cd -- "$root"
  if rubocop --cache false; then passed=1; else failed=1; fi
  said=$(ruby test/ruby/all.rb --verbose 2>&1) || true
  printf '%s\n' "$said"
  # N runs, M assertions, F failures, E errors, S skips
  if [[ $said =~ ([0-9]+)\ runs,\ [0-9]+\ assertions,\ ([0-9]+)\ failures,\ ([0-9]+)\ errors ]]; then
    local bad=$((BASH_REMATCH[2] + BASH_REMATCH[3]))
    failed=$((failed + bad))
    passed=$((passed + BASH_REMATCH[1] - bad))
  else
    failed=$((failed + 1))
  fi
  printf '%d passed, %d failed\n' "$passed" "$failed"
  ((failed == 0))
}

main

#!/usr/bin/env bash
# The Python for the builder's tools. Sourced, never run. Prefers the system's own: the first one in PATH may be a
# version manager's launcher, which costs some tenths of a second at each start.
# shellcheck disable=SC2034 # for the sourcing script

python=/usr/bin/python3
if [[ ! -x $python ]]; then python=python3; fi

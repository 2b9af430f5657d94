#!/usr/bin/env bash
# The Python that the builder's tools run by. Sourced, never run. The system's own where there is one: what stands first in a PATH may be the
# launcher of a version manager, which takes some tenths of a second at each start.
# shellcheck disable=SC2034 # for who sources this

python=/usr/bin/python3
if [[ ! -x $python ]]; then python=python3; fi

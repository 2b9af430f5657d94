#!/usr/bin/env bash
# Breaks: a command prints something else
# Red: expect.kernel-lines
# Needs: -
set -Eeuo pipefail

mount --bind /dev/null /proc/cpuinfo

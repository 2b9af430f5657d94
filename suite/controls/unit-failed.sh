#!/usr/bin/env bash
# Breaks: A unit has failed.
# Red: image.units
# Needs: -
set -Eeuo pipefail

systemd-run --quiet --unit=boxhound-control --property=Type=oneshot false || true

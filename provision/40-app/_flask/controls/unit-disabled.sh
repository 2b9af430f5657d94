#!/usr/bin/env bash
# Breaks: The app would not start at the next boot.
# Red: image.units
# Needs: -
set -Eeuo pipefail

systemctl disable --quiet trial-app.service

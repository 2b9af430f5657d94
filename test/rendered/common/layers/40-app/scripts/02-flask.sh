#!/usr/bin/env bash
# Tells a broken server now instead of at the first boot.
set -Eeuo pipefail

/opt/trial-app/venv/bin/gunicorn --version >/dev/null

#!/usr/bin/env bash
# Breaks: The check raises; datadog-agent check still exits 0.
# Red: check.my_metric
# Needs: -
set -Eeuo pipefail

sed -i 's/^\( *\)def check(.*/&\n\1    raise RuntimeError("broken on purpose")/' /etc/datadog-agent/checks.d/my_metric.py

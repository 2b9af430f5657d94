#!/usr/bin/env bash
# Breaks: Nothing receives traces; the app answers as before.
# Red: app.traces
# Needs: -
set -Eeuo pipefail

systemctl stop datadog-agent-trace.service

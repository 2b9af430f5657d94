#!/usr/bin/env bash
# Breaks: The Agent collects no logs.
# Red: database.logs app.logs
# Needs: database app
set -Eeuo pipefail

sed -i 's/^logs_enabled: .*/logs_enabled: false/' /etc/datadog-agent/datadog.yaml
restart_agent

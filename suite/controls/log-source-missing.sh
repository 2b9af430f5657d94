#!/usr/bin/env bash
# Breaks: The Agent has no configuration of the log source {check}.
# Red: logs.{check}
# Needs: -
# Each: log
set -Eeuo pipefail

rm "/etc/datadog-agent/conf.d/boxhound_{check}.d/conf.yaml"
restart_agent

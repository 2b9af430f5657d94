#!/usr/bin/env bash
# Breaks: The next apt upgrade may replace the Agent.
# Red: agent.version
# Needs: package
set -Eeuo pipefail

echo datadog-agent install | dpkg --set-selections

#!/usr/bin/env bash
# Breaks: The Agent starts with other host tags.
# Red: agent.tags
# Needs: -
set -Eeuo pipefail

sed -i '/^tags:/,/^[a-z]/ s/^  - .*/  - "env:other"/' /etc/datadog-agent/datadog.yaml
restart_agent

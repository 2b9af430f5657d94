#!/usr/bin/env bash
# Breaks: datadog.yaml contains a key.
# Red: agent.unkeyed
# Needs: -
set -Eeuo pipefail

echo 'api_key: left-behind' >>/etc/datadog-agent/datadog.yaml

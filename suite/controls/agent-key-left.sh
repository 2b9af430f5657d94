#!/usr/bin/env bash
# Breaks: A key stands in datadog.yaml.
# Red: agent.unkeyed
# Needs: -
set -Eeuo pipefail

echo 'api_key: left-behind' >>/etc/datadog-agent/datadog.yaml

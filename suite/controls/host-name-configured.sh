#!/usr/bin/env bash
# Breaks: A host name stands in datadog.yaml, under which all clones would report.
# Red: image.identity
# Needs: -
set -Eeuo pipefail

echo 'hostname: golden-image' >>/etc/datadog-agent/datadog.yaml
restart_agent

#!/usr/bin/env bash
# Breaks: datadog.yaml sets a host name, under which all clones would report.
# Red: image.identity
# Needs: -
set -Eeuo pipefail

echo 'hostname: golden-image' >>/etc/datadog-agent/datadog.yaml
restart_agent

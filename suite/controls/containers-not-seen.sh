#!/usr/bin/env bash
# Breaks: The Agent's check of containers is not configured.
# Red: containers.seen
# Needs: container
set -Eeuo pipefail

rm -r /etc/datadog-agent/conf.d/container.d

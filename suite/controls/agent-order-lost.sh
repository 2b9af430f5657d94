#!/usr/bin/env bash
# Breaks: The Agent no longer waits for the units that it should start after.
# Red: agent.after
# Needs: after
set -Eeuo pipefail

rm /etc/systemd/system/datadog-agent.service.d/20-after.conf
systemctl daemon-reload

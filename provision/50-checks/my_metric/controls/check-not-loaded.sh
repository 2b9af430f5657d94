#!/usr/bin/env bash
# Breaks: The check's file cannot be imported, and the Agent has been restarted since.
# Red: check.my_metric check.my_metric.interval
# Needs: -
set -Eeuo pipefail

sed -i '1i import nothing_of_this_name' /etc/datadog-agent/checks.d/my_metric.py
restart_agent

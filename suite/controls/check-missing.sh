#!/usr/bin/env bash
# Breaks: The check's file is gone; the running Agent has it in memory still.
# Red: check.my_metric
# Needs: check.my_metric
set -Eeuo pipefail

rm /etc/datadog-agent/checks.d/my_metric.py

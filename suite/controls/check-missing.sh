#!/usr/bin/env bash
# Breaks: The file of {check} is gone; the running Agent still has it in memory.
# Red: check.{check}
# Needs: -
# Each: check
set -Eeuo pipefail

rm "/etc/datadog-agent/checks.d/{check}.py"

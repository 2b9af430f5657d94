#!/usr/bin/env bash
# Breaks: The Python package that cron_jobs imports is gone; the running Agent still has it in memory.
# Red: check.cron_jobs
# Needs: -
set -Eeuo pipefail

rm -r /usr/lib/boxhound/check-packages/cronsim

#!/usr/bin/env bash
# Breaks: The configuration of {check} is gone, the default one as well; the running Agent still has it in memory.
# Red: check.{check}
# Needs: -
# Each: shipped
set -Eeuo pipefail

find "/etc/datadog-agent/conf.d/{check}.d" -type f -name '*.yaml*' ! -name '*.example' -exec mv {} {}.control \;

#!/usr/bin/env bash
# Breaks: The Agent runs {check}, which the box switches off.
# Red: check.{check}.off
# Needs: -
# Each: off
set -Eeuo pipefail

# As a restored default would: a configuration that the Agent reads.
file="/etc/datadog-agent/conf.d/{check}.d/conf.yaml.default"
printf 'init_config:\ninstances:\n  - {}\n' >"$file"
restart_agent

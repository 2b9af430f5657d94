#!/usr/bin/env bash
# Breaks: PROCESS is revoked: six metrics vanish, nothing else shows it.
# Red: check.mysql database.grants
# Needs: -
set -Eeuo pipefail

sql <<<"REVOKE PROCESS ON *.* FROM datadog@'127.0.0.1'"

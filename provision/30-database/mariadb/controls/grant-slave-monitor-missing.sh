#!/usr/bin/env bash
# Breaks: SLAVE MONITOR is revoked: without replication no metric shows it.
# Red: database.grants
# Needs: -
set -Eeuo pipefail

sql <<<"REVOKE SLAVE MONITOR ON *.* FROM datadog@'127.0.0.1'"

#!/usr/bin/env bash
# Breaks: SELECT on performance_schema is revoked.
# Red: check.mysql database.grants
# Needs: -
set -Eeuo pipefail

sql <<<"REVOKE SELECT ON performance_schema.* FROM datadog@'127.0.0.1'"

#!/usr/bin/env bash
# Breaks: pg_monitor is revoked: three metrics vanish, nothing else shows it.
# Red: check.postgres database.grants
# Needs: -
set -Eeuo pipefail

sql <<<'REVOKE pg_monitor FROM datadog'

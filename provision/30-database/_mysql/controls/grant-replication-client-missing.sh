#!/usr/bin/env bash
# Breaks: REPLICATION CLIENT is revoked: with the binary log off no metric shows it.
# Red: database.grants
# Needs: -
set -Eeuo pipefail

sql <<<"REVOKE REPLICATION CLIENT ON *.* FROM datadog@'127.0.0.1'"

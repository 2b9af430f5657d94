#!/usr/bin/env bash
# Breaks: The role read on the database local is revoked, which no metric shows.
# Red: database.grants
# Needs: -
set -Eeuo pipefail

mongo <<<'admin {"revokeRolesFromUser": "datadog", "roles": [{"role": "read", "db": "local"}]}'

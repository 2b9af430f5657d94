#!/usr/bin/env bash
# Breaks: The Agent's user may do everything, which no metric shows.
# Red: database.grants
# Needs: -
set -Eeuo pipefail

mongo <<<'admin {"grantRolesToUser": "datadog", "roles": ["root"]}'

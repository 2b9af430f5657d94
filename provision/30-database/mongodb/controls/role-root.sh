#!/usr/bin/env bash
# Breaks: The Agent's user may do everything: no metric tells.
# Red: database.grants
# Needs: -
set -Eeuo pipefail

mongo <<<'admin {"grantRolesToUser": "datadog", "roles": ["root"]}'

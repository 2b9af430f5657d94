#!/usr/bin/env bash
# Breaks: The Agent's user may write to a database.
# Red: database.grants
# Needs: -
set -Eeuo pipefail

mongo <<<'admin {"grantRolesToUser": "datadog", "roles": [{"role": "readWrite", "db": "boxhound"}]}'

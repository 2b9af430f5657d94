#!/usr/bin/env bash
# Breaks: The Agent’s user may open any number of connections.
# Red: database.grants
# Needs: -
set -Eeuo pipefail

sql <<<'ALTER ROLE datadog CONNECTION LIMIT -1'

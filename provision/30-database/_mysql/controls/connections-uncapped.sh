#!/usr/bin/env bash
# Breaks: The Agent's user may open any number of connections.
# Red: database.grants
# Needs: -
set -Eeuo pipefail

sql <<<"ALTER USER datadog@'127.0.0.1' WITH MAX_USER_CONNECTIONS 0"

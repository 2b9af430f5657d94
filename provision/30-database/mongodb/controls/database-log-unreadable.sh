#!/usr/bin/env bash
# Breaks: dd-agent can't read the database log.
# Red: database.logs
# Needs: -
set -Eeuo pipefail

chmod 0600 /var/log/mongodb/mongod.log

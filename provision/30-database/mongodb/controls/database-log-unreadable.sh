#!/usr/bin/env bash
# Breaks: dd-agent may not read the database log.
# Red: database.logs
# Needs: -
set -Eeuo pipefail

chmod 0600 /var/log/mongodb/mongod.log

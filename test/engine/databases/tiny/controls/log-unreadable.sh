#!/usr/bin/env bash
# Breaks: dd-agent may not read the log.
# Red: database.logs
# Needs: -
set -Eeuo pipefail

chmod 0600 /var/log/tiny/tiny.log

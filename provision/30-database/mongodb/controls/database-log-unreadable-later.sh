#!/usr/bin/env bash
# Breaks: The next rotation creates a log that dd-agent can't read.
# Red: database.logs
# Needs: -
set -Eeuo pipefail

sed -i 's/^\( *\)create .*/\1create 0600 mongodb mongodb/' /etc/logrotate.d/mongodb
grep -q 'create 0600 mongodb mongodb' /etc/logrotate.d/mongodb

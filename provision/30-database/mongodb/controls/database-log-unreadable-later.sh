#!/usr/bin/env bash
# Breaks: The next rotation makes a log that dd-agent may not read.
# Red: database.logs
# Needs: -
set -Eeuo pipefail

sed -i 's/^\( *\)create .*/\1create 0600 mongodb mongodb/' /etc/logrotate.d/mongodb
grep -q 'create 0600 mongodb mongodb' /etc/logrotate.d/mongodb

#!/usr/bin/env bash
# Breaks: The next rotation creates a log that dd-agent may not read.
# Red: database.logs
# Needs: -
set -Eeuo pipefail

sed -i 's/^\( *\)create .*/\1create 600 postgres postgres/' /etc/logrotate.d/postgresql-common
grep -q 'create 600 postgres postgres' /etc/logrotate.d/postgresql-common

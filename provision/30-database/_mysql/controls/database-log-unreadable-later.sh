#!/usr/bin/env bash
# Breaks: The next rotation creates a log that dd-agent may not read.
# Red: database.logs
# Needs: -
set -Eeuo pipefail

sed -i 's/^\( *\)create .*/\1create 600 mysql mysql/' /etc/logrotate.d/mariadb /etc/logrotate.d/mysql* 2>/dev/null || true
grep -q 'create 600 mysql mysql' /etc/logrotate.d/*

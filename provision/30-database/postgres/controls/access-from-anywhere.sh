#!/usr/bin/env bash
# Breaks: The database admits anyone who can reach it, without a password.
# Red: database.grants database.access?
# Needs: -
set -Eeuo pipefail

echo 'host all all 0.0.0.0/0 trust' >>/etc/postgresql-common/boxhound_hba.conf
sql <<<'SELECT pg_reload_conf()'

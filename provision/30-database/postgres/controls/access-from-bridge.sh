#!/usr/bin/env bash
# Breaks: The database admits every container on the box's bridge, not the Agent's alone.
# Red: database.grants database.access
# Needs: container
set -Eeuo pipefail

sed -E -i 's#^(host all datadog )(.*)\.[0-9]+/32 #\1\2.0/24 #' /etc/postgresql-common/boxhound_hba.conf
sql <<<'SELECT pg_reload_conf()'

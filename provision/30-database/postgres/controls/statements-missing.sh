#!/usr/bin/env bash
# Breaks: The extension pg_stat_statements is gone from the database that the check logs in to.
# Red: database.grants
# Needs: no-monitoring
set -Eeuo pipefail

sql <<<'DROP EXTENSION pg_stat_statements'

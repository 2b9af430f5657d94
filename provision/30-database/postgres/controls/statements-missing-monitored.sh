#!/usr/bin/env bash
# Breaks: The extension pg_stat_statements is gone, and the check warns about it.
# Red: check.postgres database.grants
# Needs: monitoring
set -Eeuo pipefail

sql <<<'DROP EXTENSION pg_stat_statements'

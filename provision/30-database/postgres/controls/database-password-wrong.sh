#!/usr/bin/env bash
# Breaks: The database has a different password than the Agent's check.
# Red: check.postgres database.running database.grants
# Needs: -
set -Eeuo pipefail

sql <<<"ALTER ROLE datadog PASSWORD 'another-one'"

#!/usr/bin/env bash
# Breaks: The database has a different password than the Agent's check.
# Red: check.mysql database.running database.grants
# Needs: -
set -Eeuo pipefail

sql <<<"ALTER USER datadog@'127.0.0.1' IDENTIFIED BY 'another-one'"

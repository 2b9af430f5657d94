#!/usr/bin/env bash
# Breaks: The Agent's user may do everything.
# Red: database.grants
# Needs: -
set -Eeuo pipefail

sql <<<"GRANT ALL ON *.* TO datadog@'127.0.0.1'"

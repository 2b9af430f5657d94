#!/usr/bin/env bash
# Breaks: The Agent's user may read a table of the box's database.
# Red: database.grants
# Needs: -
set -Eeuo pipefail

sql <<<'\connect boxhound
GRANT SELECT ON start TO datadog'

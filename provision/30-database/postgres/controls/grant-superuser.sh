#!/usr/bin/env bash
# Breaks: The Agent's user is a superuser: no metric shows it.
# Red: database.grants
# Needs: -
set -Eeuo pipefail

sql <<<'ALTER ROLE datadog SUPERUSER'

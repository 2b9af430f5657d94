#!/usr/bin/env bash
# Breaks: The function with which the Agent explains statements is gone.
# Red: database.grants
# Needs: monitoring
set -Eeuo pipefail

sql <<<'\connect boxhound
DROP FUNCTION datadog.explain_statement'

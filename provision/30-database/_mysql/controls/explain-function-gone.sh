#!/usr/bin/env bash
# Breaks: The procedure with which the Agent explains statements is gone.
# Red: database.grants
# Needs: monitoring
set -Eeuo pipefail

sql <<<'DROP PROCEDURE datadog.explain_statement'

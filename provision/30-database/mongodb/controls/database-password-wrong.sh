#!/usr/bin/env bash
# Breaks: The database has another password than the Agent's check.
# Red: check.mongo database.running database.grants
# Needs: -
set -Eeuo pipefail

mongo <<<'admin {"updateUser": "datadog", "pwd": "another-one"}'

#!/usr/bin/env bash
# Breaks: The Agent runs {check} at another interval than the box file's.
# Red: check.{check}.interval
# Needs: -
# Each: check integration
set -Eeuo pipefail

file=/etc/datadog-agent/conf.d/{check}.d/conf.yaml
# In place of what the instances say, the first key of each of them, in block or in flow style.
sed -i '/^ *min_collection_interval:/d' "$file"
sed -i '/^instances:/,/^[^ -]/ { s/^\( *\)- {\(.*\)$/\1- { min_collection_interval: 20, \2/; t; s/^\( *\)- \(.*\)$/\1- min_collection_interval: 20\n\1  \2/ }' "$file"
grep -q 'min_collection_interval: 20' "$file"
restart_agent

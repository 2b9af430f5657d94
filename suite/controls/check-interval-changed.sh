#!/usr/bin/env bash
# Breaks: The Agent runs {check} at a different interval than the box file's.
# Red: check.{check}.interval
# Needs: -
# Each: check integration
set -Eeuo pipefail

file="/etc/datadog-agent/conf.d/{check}.d/conf.yaml"
# Replaces what the instances say: the key becomes the first of each, in block or in flow style.
sed -i '/^ *min_collection_interval:/d' "$file"
awk '
  /^[^ #-]/ { on = /^instances:/; depth = 0 }
  on && match($0, /^ *- /) && (depth == 0 || RLENGTH == depth) {
    depth = RLENGTH
    lead = substr($0, 1, depth)
    rest = substr($0, depth + 1)
    if (rest ~ /^\{/) print lead "{ min_collection_interval: 17, " substr(rest, 2)
    else printf "%smin_collection_interval: 17\n%*s%s\n", lead, depth, "", rest
    next
  }
  { print }
' "$file" >"$file.control"
# Written in place, so that owner and mode stay.
cat "$file.control" >"$file"
rm "$file.control"
grep -q 'min_collection_interval: 17' "$file"
restart_agent

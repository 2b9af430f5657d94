#!/usr/bin/env bash
# Breaks: Nothing receives traces; the app answers as before.
# Red: app.traces
# Needs: -
set -Eeuo pipefail

# Of an Agent in a container the process is only halted: it would be started again.
halt() {
  local path words
  for path in /proc/[0-9]*/cmdline; do
    words=$(tr '\0' ' ' 2>/dev/null <"$path") || continue
    if [[ $words == *trace-agent* ]]; then kill -STOP "$(basename "$(dirname "$path")")"; fi
  done
}

if systemctl --quiet is-active datadog-agent-trace.service; then
  systemctl stop datadog-agent-trace.service
else
  halt
fi

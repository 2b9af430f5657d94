#!/usr/bin/env bash
# Breaks: Nothing receives traces; the app answers as before.
# Red: app.traces
# Needs: -
set -Eeuo pipefail

# In a container the process is ended again and again: whoever waits there would start it anew. A halted one would still
# take connections.
keep_ended() {
  # shellcheck disable=SC2016 # the other bash expands it
  systemd-run --quiet bash -c 'while sleep 0.1; do
    for path in /proc/[0-9]*/cmdline; do
      words=$(tr "\0" " " 2>/dev/null <"$path") || continue
      [[ $words != *trace-agent* || $words == *"while sleep"* ]] || kill -KILL "$(basename "$(dirname "$path")")"
    done
  done'
}

if systemctl --quiet is-active datadog-agent-trace.service; then
  systemctl stop datadog-agent-trace.service
else
  keep_ended
fi

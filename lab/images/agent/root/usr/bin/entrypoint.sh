#!/bin/bash
# Runs the Agent and the trace-agent as one container, which ends when the Agent does. The trace-agent is started again
# like its unit does, up to five times: without a key it exits at once, and the Agent runs on without it.
set -Eeuo pipefail

readonly agent=/opt/datadog-agent/bin/agent/agent etc=/etc/datadog-agent

# Custom checks and their configuration, where a user mounts them.
copy_mounted() {
  if [[ -d /conf.d ]]; then (cd / && find -L conf.d -name '*.yaml' -exec cp --parents -f -- {} "$etc/" \;); fi
  if [[ -d /checks.d ]]; then (cd / && find -L checks.d -name '*.py' -exec cp --parents -f -- {} "$etc/" \;); fi
}

run_traces() {
  local child='' tries
  trap 'if [[ -n $child ]]; then kill -TERM "$child" 2>/dev/null || true; fi; exit 0' TERM
  for ((tries = 0; tries < 5; tries += 1)); do
    "$agent" trace-agent &
    child=$!
    wait "$child" && return
    sleep 1 &
    wait "$!"
  done
  printf 'entrypoint.sh: the trace-agent has failed five times; no traces are received\n' >&2
}

main() {
  local core traces='' status=0
  copy_mounted
  "$agent" run -p /opt/datadog-agent/run/agent.pid &
  core=$!
  if [[ ${DD_APM_ENABLED:-true} == true ]]; then
    run_traces &
    traces=$!
  fi
  trap 'kill -TERM "$core" 2>/dev/null || true' TERM INT
  # A signal ends `wait` before the Agent has ended.
  while kill -0 "$core" 2>/dev/null; do
    status=0
    wait "$core" || status=$?
  done
  if [[ -n $traces ]]; then kill -TERM "$traces" 2>/dev/null || true; fi
  wait
  exit "$status"
}

main

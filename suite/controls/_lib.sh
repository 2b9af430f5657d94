#!/usr/bin/env bash
# Prepended to every control, which then runs in the guest as root.
set -Eeuo pipefail

# Whether the Agent's command port answers. In a container it is reached by `datadog-agent` alone.
agent_listens() { [[ -e /usr/lib/boxhound/agent-container ]] || (exec 3<>/dev/tcp/127.0.0.1/5001) 2>/dev/null; }

# Waits until the Agent's command port answers and its checks, if it has any, have run once, so that red means broken,
# not starting.
await_agent() {
  local tries ready='"version"'
  if compgen -G '/etc/datadog-agent/conf.d/*.d/*.yaml' >/dev/null; then ready='"TotalRuns": *[1-9]'; fi
  for tries in $(seq 60); do
    if agent_listens && datadog-agent status --json | grep -Eq "$ready"; then return; fi
    sleep 1
  done
  echo "the Agent did not come back within $tries tries" >&2
  return 1
}

# The trace receiver stops with the Agent and comes back after it; on a busy emulated CPU later than a check waits.
await_receiver() {
  local tries
  for tries in $(seq 60); do
    if (exec 3<>/dev/tcp/127.0.0.1/8126) 2>/dev/null; then return; fi
    sleep 1
  done
  echo "nothing took traces within $tries tries" >&2
  return 1
}

restart_agent() {
  systemctl restart datadog-agent.service
  await_agent
  await_receiver
}

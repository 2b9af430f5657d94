#!/usr/bin/env bash
# Breaks: Nothing receives traces; the app answers as before.
# Red: app.traces
# Needs: -
set -Eeuo pipefail

if [[ -e /usr/lib/boxhound/agent-container ]]; then
  # The container has no unit for its trace-agent: its port is closed, in its network alone.
  nsenter --net="/proc/$(</run/datadog-agent.pid)/ns/net" nft -f - <<'RULES'
table inet boxhound_control {
  chain input {
    type filter hook input priority 0;
    tcp dport 8126 reject with tcp reset
  }
}
RULES
  # The app on the host may use the socket.
  rm -f /run/datadog/apm.socket
else
  systemctl stop datadog-agent-trace.service
fi

#!/usr/bin/env bash
# Breaks: The Agent's container doesn't see the host's processes.
# Red: agent.container
# Needs: container
set -Eeuo pipefail

sed -i '/--volume=\/proc:/d' /usr/lib/boxhound/agent-container
restart_agent

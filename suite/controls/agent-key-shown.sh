#!/usr/bin/env bash
# Breaks: The Agent's container gets its key by a variable, which podman inspect shows.
# Red: agent.container
# Needs: container
set -Eeuo pipefail

sed -i 's#--uts=host#--env-file=/etc/datadog-agent/environment &#' /usr/lib/boxhound/agent-container
restart_agent

#!/usr/bin/env bash
# Breaks: The Agent's container runs another image than the one that was baked in, with another Agent.
# Red: agent.version agent.container containers.seen
# Needs: container
set -Eeuo pipefail

# The compiled module isn't compared with its source.
# shellcheck disable=SC2016 # for the shell in the container
podman exec --user=0 datadog-agent sh -c '
  cd /opt/datadog-agent/embedded/lib/python3.13/site-packages/lab_agent
  sed -i "s/7\.[0-9]*\.[0-9]*+lab/7.0.0+lab/" __init__.py
  rm -f __pycache__/__init__.*'
podman commit --quiet datadog-agent localhost/other:1 >/dev/null
sed -i 's#^image=.*#image=localhost/other:1#' /usr/lib/boxhound/agent-container
restart_agent

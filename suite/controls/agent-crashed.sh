#!/usr/bin/env bash
# Breaks: The Agent's process is killed, and systemd starts another one.
# Red: agent.running agent.container?
# Needs: -
set -Eeuo pipefail

systemctl kill --kill-whom=main --signal=KILL datadog-agent.service
sleep 1
await_agent
await_receiver

#!/usr/bin/env bash
# Breaks: dd-agent is not in the group systemd-journal: the Agent sees no entries, and says nothing about it.
# Red: {journald}
# Needs: logs.journald
set -Eeuo pipefail

gpasswd --delete dd-agent systemd-journal
restart_agent

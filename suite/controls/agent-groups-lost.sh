#!/usr/bin/env bash
# Breaks: The Agent was started before its account got the groups of the box file.
# Red: agent.groups
# Needs: groups no-database
set -Eeuo pipefail

saved=$(mktemp)
cp -p /etc/group "$saved"
for group in $(id -nG dd-agent); do
  [[ $group == dd-agent ]] || gpasswd --delete dd-agent "$group" >/dev/null
done
restart_agent
# The account is in them again; the process isn't.
cat "$saved" >/etc/group
rm "$saved"

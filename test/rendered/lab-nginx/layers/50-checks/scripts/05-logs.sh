#!/bin/bash
# rendered from provision/50-logs/provision.sh.hbs, do not edit
# Lets the Agent read the journal, where a log source of the box needs it: without the group it would be empty, silently.
set -Eeuo pipefail

main() {
  local journal='true'
  if [[ $journal == true ]]; then usermod --append --groups systemd-journal dd-agent; fi
}

main

#!/bin/bash
# Removes the installation id that the package has created: clones would share it, and the Agent creates a new one when
# it starts.
set -Eeuo pipefail

main() {
  # After a first boot the id belongs to this instance.
  if [[ ! -e /var/lib/boxhound/first-boot.json ]]; then
    rm -f /etc/datadog-agent/install.json
  fi
}

main

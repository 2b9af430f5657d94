#!/bin/bash
# Takes away the id that the package gave to this installation: clones would share it, and the Agent makes one anew when it starts.
set -Eeuo pipefail

main() {
  # Where a first boot has been, it is an instance's own.
  if [[ ! -e /var/lib/boxhound/first-boot.json ]]; then
    rm -f /etc/datadog-agent/install.json
  fi
}

main

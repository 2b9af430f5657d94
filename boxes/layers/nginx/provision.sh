#!/usr/bin/env bash
# The distribution's own site would listen on every address.
set -Eeuo pipefail

main() {
  rm -f /etc/nginx/sites-enabled/default
}

main

#!/bin/bash
# rendered from provision/90-seal/groups/provision.sh.hbs, do not edit
# The Agent's account joins the groups of the box file, once every layer has made its own.
set -Eeuo pipefail

main() {
  local group missing=''
  local -a groups=( 'adm' )
  for group in "${groups[@]}"; do
    if getent group -- "$group" >/dev/null; then
      usermod --append --groups "$group" dd-agent
    else
      missing+=" $group"
    fi
  done
  if [[ -n $missing ]]; then
    printf 'agent.groups names what no package or layer of this box makes:%s\n' "$missing" >&2
    printf '  next: install the package that makes the group in a layer, or remove the name from agent.groups\n' >&2
    exit 1
  fi
}

main

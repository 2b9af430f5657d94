#!/bin/bash
# rendered from provision/50-integrations/_off/provision.sh.hbs, do not edit
# Switches off integrations that the Agent's package runs by default. The Agent reads conf.yaml.default and auto_conf.yaml
# in conf.d/NAME.d; a diversion moves them to a name that it doesn't read, and keeps them there when the package is upgraded.
set -Eeuo pipefail

divert() {
  local file=$1
  dpkg-divert --quiet --local --rename --divert "$file.off" --add "$file"
}

main() {
  local name
  local -a names=(
    'uptime'
  )
  for name in "${names[@]}"; do
    # dpkg-divert renames only within a folder that exists.
    install -d -o dd-agent -g dd-agent "/etc/datadog-agent/conf.d/$name.d"
    divert "/etc/datadog-agent/conf.d/$name.d/conf.yaml.default"
    divert "/etc/datadog-agent/conf.d/$name.d/auto_conf.yaml"
  done
}

main

#!/usr/bin/env bash
# Installs the Python packages of the checks, from wheels that the host downloaded by hash.
#
# They go into a folder of their own: an upgrade of the Agent replaces /opt/datadog-agent with everything in it. The
# Agent finds them through checks.d, the last folder on its path, which upgrades keep: what the Agent brings itself comes
# first, so that no package can stand in for one of its own.
set -Eeuo pipefail

readonly packages=/usr/lib/boxhound/check-packages
readonly checks=/etc/datadog-agent/checks.d
readonly python=/opt/datadog-agent/embedded/bin/python3
readonly layer=/run/boxhound/layer

# pip runs from its own unpacked wheel, with the Agent's Python: whether a wheel fits is decided by the Python that will
# import it. From scratch, so that a second run has the same result.
install_packages() {
  local -r tools=$1
  local -a pip=("$layer"/wheels/pip/pip-*.whl)
  "$python" -m zipfile -e "${pip[0]}" "$tools"
  rm -rf "$packages"
  mkdir -p "$packages"
  PYTHONPATH=$tools "$python" -B -m pip install \
    --isolated --no-index --find-links "$layer/wheels/checks" --require-hashes --only-binary :all: --no-deps \
    --no-compile --no-cache-dir --disable-pip-version-check --root-user-action ignore --quiet --no-warn-script-location \
    --target "$packages" --requirement "$layer/data/requirements.txt"
  # Commands of packages; nothing calls them.
  rm -rf "${packages:?}/bin"
}

main() {
  local tools
  tools=$(mktemp -d)
  # shellcheck disable=SC2064 # expand now: the variable is gone when the trap runs
  trap "rm -rf '$tools'" EXIT
  install_packages "$tools"
  install -d -o dd-agent -g dd-agent -m 0755 "$checks"
  "$python" -I -B "$layer/data/link.py" "$packages" "$checks"
  # dd-agent may not write there, and only this layer changes these files.
  "$python" -I -m compileall -q --invalidation-mode unchecked-hash "$packages"
}

main "$@"

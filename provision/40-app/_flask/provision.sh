#!/usr/bin/env bash
# The app's user, its log directory and its own Python environment, from wheels that the host fetched by hash.
set -Eeuo pipefail

readonly app=/opt/trial-app
readonly wheels=/run/boxhound/layer/wheels

make_user() {
  systemd-sysusers /usr/lib/sysusers.d/trial-app.conf
  systemd-tmpfiles --create /usr/lib/tmpfiles.d/trial-app.conf
}

# pip runs from its own unpacked wheel and never enters the environment: 17 MB less in the image, no python3-venv
# needed, and so no package to install in this layer.
make_environment() {
  local -r tools=$1
  local -a pip=("$wheels"/pip/pip-*.whl)
  python3 -m zipfile -e "${pip[0]}" "$tools"
  # At its final place, since the scripts name their interpreter; from nothing, so that a second run ends the same.
  rm -rf "$app/venv"
  python3 -m venv --without-pip "$app/venv"
  PYTHONPATH=$tools "$app/venv/bin/python" -m pip install \
    --isolated --no-index --find-links "$wheels/app" --require-hashes --only-binary :all: \
    --no-compile --no-cache-dir --disable-pip-version-check --root-user-action ignore --quiet \
    --requirement "$app/requirements.txt"
}

# By hash: the service may not write here, and a compiled file that trusts modification times would be thrown away at each start when those change on
# the way into the image. Unchecked what pip alone changes; the app's own files are edited by hand as well, and an edit must count.
compile_all() {
  local -r python=$app/venv/bin/python
  "$python" -m compileall -q --invalidation-mode unchecked-hash "$app/venv"
  "$python" -m compileall -q --invalidation-mode checked-hash -x '/venv/' "$app"
}

# Tells a broken environment now instead of at the first boot. The tracer leaves files in the temporary folder.
try_imports() {
  local -r scratch=$1
  (cd "$app" && TMPDIR=$scratch TRIAL_APP_LOG='' "$app/venv/bin/python" -c 'import app, ddtrace.auto')
}

main() {
  local tools
  tools=$(mktemp -d)
  # shellcheck disable=SC2064 # expands now: the name is gone when the trap runs
  trap "rm -rf '$tools'" EXIT
  make_user
  make_environment "$tools"
  compile_all
  try_imports "$tools"
}

main "$@"

#!/usr/bin/env bash
# The app's user, its log directory and its Python environment, from wheels that the host downloaded by hash.
set -Eeuo pipefail

readonly app=/opt/trial-app
readonly wheels=/run/boxhound/layer/wheels

make_user() {
  systemd-sysusers /usr/lib/sysusers.d/trial-app.conf
  systemd-tmpfiles --create /usr/lib/tmpfiles.d/trial-app.conf
}

# pip runs from its own unpacked wheel and is never installed into the environment. This saves 17 MB in the image and
# makes python3-venv unnecessary, so this layer installs no package.
make_environment() {
  local -r tools=$1
  local -a pip=("$wheels"/pip/pip-*.whl)
  python3 -m zipfile -e "${pip[0]}" "$tools"
  # Created at its final path, since its scripts name their interpreter, and from scratch, so that a second run has the
  # same result.
  rm -rf "$app/venv"
  python3 -m venv --without-pip "$app/venv"
  PYTHONPATH=$tools "$app/venv/bin/python" -m pip install \
    --isolated --no-index --find-links "$wheels/app" --require-hashes --only-binary :all: \
    --no-compile --no-cache-dir --disable-pip-version-check --root-user-action ignore --quiet \
    --requirement "$app/requirements.txt"
}

# Validated by hash: the service can't write here, and compiled files that are validated by modification time would be
# discarded at every start if times change on the way into the image. Files that only pip changes need no check; the
# app's own files may be edited by hand, and an edit must take effect.
compile_all() {
  local -r python=$app/venv/bin/python
  "$python" -m compileall -q --invalidation-mode unchecked-hash "$app/venv"
  "$python" -m compileall -q --invalidation-mode checked-hash -x '/venv/' "$app"
}

# Finds a broken environment now instead of at first boot. The tracer leaves files in the temporary folder.
try_imports() {
  local -r scratch=$1
  (cd "$app" && TMPDIR=$scratch TRIAL_APP_LOG='' "$app/venv/bin/python" -c 'import app, ddtrace.auto')
}

main() {
  local tools
  tools=$(mktemp -d)
  # shellcheck disable=SC2064 # expand now: the variable is gone when the trap runs
  trap "rm -rf '$tools'" EXIT
  make_user
  make_environment "$tools"
  compile_all
  try_imports "$tools"
}

main "$@"

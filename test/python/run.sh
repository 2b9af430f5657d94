#!/usr/bin/env bash
# Lints and tests the Python parts: provision/, and the folders given as arguments (a user's own checks/, for one). In the
# npm package it is there for those alone.
# The tools live in an environment of their own under boxhound's cache, made once for each list of requirements. A check
# with Python packages of its own (requirements.txt beside its check.yaml) is tested alone, with exactly those.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"
shopt -s inherit_errexit

readonly needs_machine=3

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
readonly root
readonly here=$root/test/python

usage() {
  printf 'usage: test/python/run.sh [FOLDER…]\n\nexample: test/python/run.sh boxes/checks\n'
}

# The same folder as scripts/lib/_helpers/paths.ts.
cache_folder() {
  printf '%s/python\n' "${BOXHOUND_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/boxhound}"
}

# A Python that is new enough and can make environments; BOXHOUND_PYTHON overrides.
find_python() {
  local python
  for python in ${BOXHOUND_PYTHON:+"$BOXHOUND_PYTHON"} python3 /usr/bin/python3; do
    if "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v -- "$python"
      return
    fi
  done
  printf 'error: the Python tests need Python 3.11 or newer with venv\n  found: %s\n  next: npm run setup (package python3-venv)\n' \
    "$(python3 --version 2>&1 || true)" >&2
  return "$needs_machine"
}

# What the environment is made of: the locked list and the interpreter.
environment_id() {
  local -r python=$1
  { cat -- "$here/requirements.txt" && "$python" -c 'import sys; print(sys.version)'; } | sha256sum | cut -c1-16
}

# Runs a command under the lock of a folder, in which an unfinished part belongs to a run that was killed.
locked() {
  local -r parent=$1
  local lock
  shift
  mkdir -p -- "$parent"
  exec {lock}>"$parent/.lock"
  flock "$lock"
  rm -rf -- "$parent"/.making-*
  "$@"
  exec {lock}>&-
}

# Prints the environment's folder. Made under a temporary name and renamed: an install that was cut off leaves nothing
# that looks finished. Only `python -m` is used from it, so that the rename does no harm.
environment() {
  local -r python=$1 parent=$2
  local id
  id=$(environment_id "$python")
  [[ -d $parent/$id ]] || locked "$parent" make_environment "$python" "$parent/.making-$id" "$parent/$id" >&2
  printf '%s/%s\n' "$parent" "$id"
}

make_environment() {
  local -r python=$1 made=$2 final=$3
  if [[ -d $final ]]; then return; fi
  "$python" -m venv "$made"
  "$made/bin/python" -m pip install --quiet --disable-pip-version-check --root-user-action ignore --no-cache-dir \
    --require-hashes --only-binary :all: --requirement "$here/requirements.txt"
  sync -f "$made"
  mv -T -- "$made" "$final"
}

# Prints the folder with a check's own packages, without those that they depend on: the list has them, or the Agent does.
packages() {
  local -r python=$1 parent=$2 list=$3
  local id
  id=packages-$({ cat -- "$list" && "$python" -c 'import sys; print(sys.version)'; } | sha256sum | cut -c1-16)
  [[ -d $parent/$id ]] || locked "$parent" make_packages "$python" "$list" "$parent/.making-$id" "$parent/$id" >&2
  printf '%s/%s\n' "$parent" "$id"
}

make_packages() {
  local -r python=$1 list=$2 made=$3 final=$4
  if [[ -d $final ]]; then return; fi
  "$python" -m pip install --quiet --disable-pip-version-check --root-user-action ignore --no-cache-dir --no-deps \
    --require-hashes --only-binary :all: --target "$made" --requirement "$list"
  mv -T -- "$made" "$final"
}

# Prints the folders of checks that have packages of their own.
with_packages() {
  local list
  while IFS= read -r -d '' list; do
    if [[ -e ${list%/*}/check.yaml ]]; then printf '%s\n' "${list%/*}"; fi
  done < <(find "$@" -name requirements.txt -not -path '*/node_modules/*' -print0 | sort -zu)
}

test_all() {
  local -r python=$1 cache=$2
  local check site
  local -a checks ignored=()
  shift 2
  mapfile -t checks < <(with_packages "$@")
  for check in "${checks[@]}"; do
    ignored+=("--ignore=$check")
    # Without a test pytest would end with 5.
    compgen -G "$check/test_*.py" >/dev/null || continue
    site=$(packages "$python" "$cache" "$check/requirements.txt")
    PYTHONPATH=$site "$python" -m pytest --quiet --config-file "$here/pytest.ini" --rootdir "$root" "$check"
  done
  # Last, so that its closing line is the last one. Without a single test pytest ends with 5: a failure as well.
  "$python" -m pytest --quiet --config-file "$here/pytest.ini" --rootdir "$root" "${ignored[@]}" "$@"
}

lint() {
  local -r python=$1
  shift
  "$python" -m ruff check --quiet --no-cache --config "$here/ruff.toml" -- "$@"
  "$python" -m ruff format --check --quiet --no-cache --config "$here/ruff.toml" -- "$@"
}

main() {
  local argument python folder
  local -a folders=() ours=()
  # A checkout, and not the package.
  [[ ! -e $root/test/unit.mjs ]] || folders=("$root/provision") ours=("$here" "$root/scripts")
  for argument in "$@"; do
    case $argument in
      -h | --help) usage && return ;;
      -*) usage >&2 && return 2 ;;
      *) [[ -d $argument ]] || { printf 'error: no such folder: %s\n' "$argument" >&2 && return 2; } ;;
    esac
    folders+=("$(cd -- "$argument" && pwd)")
  done
  ((${#folders[@]} > 0)) || { usage >&2 && return 2; }
  python=$(find_python)
  folder=$(environment "$python" "$(cache_folder)")
  export PYTHONDONTWRITEBYTECODE=1
  lint "$folder/bin/python" "${folders[@]}" ${ours[@]+"${ours[@]}"}
  test_all "$folder/bin/python" "$(cache_folder)" "${folders[@]}"
}

main "$@"

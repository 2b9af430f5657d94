#!/usr/bin/env bash
# Checks every shell file of the project: shellcheck, and the strict mode that the project asks for.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

# Files that git knows or would know, by name or by their first line.
shell_files() {
  local file first
  while IFS= read -r -d '' file; do
    [[ -f $file ]] || continue
    IFS= read -r first <"$file" 2>/dev/null || true
    if [[ $file == *.sh || $first =~ ^#!.*(/|[[:space:]])(ba|da)?sh($|[[:space:]]) ]]; then printf '%s\n' "$file"; fi
  done < <(git ls-files -z --cached --others --exclude-standard -- ':!*.hbs' ':!test/rendered' ':!test/fixtures')
}

main() {
  local -a files
  local file status=0
  cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."
  mapfile -t files < <(shell_files)
  ((${#files[@]} > 0))
  shellcheck --external-sources -- "${files[@]}" || status=1
  for file in "${files[@]}"; do
    # Sourced files take the mode of who sources them; maintainer scripts run under /bin/sh.
    if head -n 6 "$file" | grep -qi 'sourced' || head -n 1 "$file" | grep -q '/sh$'; then continue; fi
    grep -q '^set -Eeuo pipefail' "$file" || {
      echo "$file: no \"set -Eeuo pipefail\""
      status=1
    }
  done
  echo "${#files[@]} shell files looked at"
  return "$status"
}

main

#!/usr/bin/env bash
# Writes a layer's events as JSON lines for the progress display and for --profile. Sourced, never run. Without
# BOXHOUND_WORK, as in a shell after a failure, nothing is written.

event() { # event NAME [KEY NUMBER]
  [[ -d ${BOXHOUND_WORK-} ]] || return 0
  # No process for the time: a fork takes a hundredth of a second, a small layer only some tenths. Some locales write a
  # comma.
  printf '{"layer":"%s","event":"%s","at":%s%s}\n' "$BOXHOUND_LAYER" "$1" "${EPOCHREALTIME/,/.}" "${2:+,\"$2\":$3}" \
    >>"$BOXHOUND_WORK/events.jsonl"
}

step() { # step NAME [SECONDS]: from here on, or from then on; ends at the next one
  [[ -d ${BOXHOUND_WORK-} ]] || return 0
  printf '{"layer":"%s","event":"step","name":"%s","at":%s}\n' "$BOXHOUND_LAYER" "${1//[^A-Za-z0-9 ._-]/}" "${2:-${EPOCHREALTIME/,/.}}" \
    >>"$BOXHOUND_WORK/events.jsonl"
}

# The steps that the engine has noted: time and name. The image's programs could have written to this file, too.
steps_of() { # steps_of FILE
  local at name
  local -i count=0
  [[ -s $1 ]] || return 0
  while ((count++ < 200)) && IFS=$'\t' read -r -n 300 at name; do
    if [[ $at =~ ^[0-9]{1,12}\.[0-9]{1,9}$ ]]; then step "${name:0:100}" "$at"; fi
  done <"$1"
}

#!/usr/bin/env bash
# Builds one layer: creates an overlay on its parent, applies the staged layer in it, and moves it to its final name.
# Packer's shell-local step.
#
# Environment, all paths absolute: BOXHOUND_WORK (this run's folder), BOXHOUND_STORE (folder of the layers),
# BOXHOUND_RUN (id of this run), BOXHOUND_LAYER, BOXHOUND_ID, BOXHOUND_PARENT, BOXHOUND_LOGS, BOXHOUND_APT,
# BOXHOUND_FAILED (name for a failed overlay, in the store as well, since its backing file is given without a folder).
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
# shellcheck source-path=SCRIPTDIR source=../../disk/overlay.sh
. "$here/../../disk/overlay.sh"
# shellcheck source-path=SCRIPTDIR source=events.sh
. "$here/events.sh"

# The host prepares downloads and the lab's repository while lower layers are being built.
await_inputs() {
  local ready=$BOXHOUND_WORK/inputs/$BOXHOUND_LAYER
  event waiting
  until [[ -e $ready.ready ]]; do
    if [[ -e $ready.failed ]]; then
      cat -- "$ready.failed" >&2
      return 1
    fi
    sleep 0.02
  done
}

# Two boxes may share a layer: the first builds it, the other waits and uses it. The kernel releases the lock when the
# process ends.
await_others() {
  local file=${BOXHOUND_STORE%/*}/locks/layer-$BOXHOUND_ID
  mkdir -p -- "${file%/*}"
  # The previous holder removes the file, and a lock on a deleted file keeps nobody out.
  until [[ -n $lock && $file -ef /proc/self/fd/9 ]]; do
    exec 9>"$file"
    flock 9
    lock=$file
  done
}

# Builds the disk image below all layers. Its stage lists the commands in `builder`, one word per line: a script and its
# arguments, with @OUT@ for the image's path; an empty line starts another script. A script without arguments gets only
# the path.
build_base() {
  local word
  local -a words=() command=()
  mapfile -t words <"$BOXHOUND_WORK/layers/image/builder"
  for word in "${words[@]}" ''; do
    if [[ $word == @OUT@ ]]; then word=$overlay; fi
    if [[ -n $word ]]; then
      command+=("$word")
    elif [[ ${#command[@]} -gt 0 ]]; then
      if [[ ${#command[@]} -eq 1 ]]; then command+=("$overlay"); fi
      bash "${command[@]}"
      command=()
    fi
  done
  if [[ -e $overlay ]]; then sync -- "$overlay"; fi
}

build_layer() {
  local target=$BOXHOUND_WORK/target run
  run=$(mktemp -d "$BOXHOUND_WORK/run.XXXXXX")
  mkdir -p "$target"
  step create
  overlay_create "$overlay" "$BOXHOUND_STORE/$BOXHOUND_PARENT.qcow2"
  step export
  overlay_export "$overlay" "$run"
  step mount
  local status=0
  # The lock keeps two bakes from using one apt cache at the same time.
  local -a alone=()
  if [[ -s $BOXHOUND_WORK/layers/$BOXHOUND_LAYER/packages.list ]]; then alone=(flock "$BOXHOUND_APT/lock"); fi
  bash -p "$here/inside.sh" "$run" "$target" "$BOXHOUND_WORK/layers/$BOXHOUND_LAYER" "$BOXHOUND_APT" \
    "${alone[@]}" bash -p "$here/engine.sh" "$target" "$BOXHOUND_WORK/layers/$BOXHOUND_LAYER" || status=$?
  if [[ -e $run/survey.json ]]; then mv -- "$run/survey.json" "$BOXHOUND_LOGS/$BOXHOUND_LAYER.survey.json"; fi
  if [[ -e $run/packages.tsv ]]; then mv -- "$run/packages.tsv" "$BOXHOUND_WORK/packages.tsv"; fi
  step close
  if [[ $BOXHOUND_LAYER == seal ]]; then
    overlay_close "$run" "$overlay" zero
  else
    overlay_close "$run" "$overlay"
  fi
  return "$status"
}

# Leaving by any way other than the last line of main is a failure.
ended() {
  local status=$?
  if [[ -n $lock ]]; then rm -f -- "$lock"; fi
  if ((status == 0)); then return; fi
  if [[ -e $overlay ]]; then
    mv -f -- "$overlay" "$BOXHOUND_FAILED"
  fi
  event failed status "$status"
}

# Packer leaves its own descriptors open. mmdebstrap would then use number 10 for one of its own, which /bin/sh cannot
# redirect to.
close_inherited() {
  local path number
  for path in "/proc/$BASHPID/fd"/*; do
    number=${path##*/}
    if ((number > 2 && number < 100)); then exec {number}>&-; fi
  done
}

main() {
  close_inherited
  lock='' # the file that this process has locked
  overlay=$BOXHOUND_STORE/.tmp-$BOXHOUND_RUN-$BOXHOUND_ID.qcow2
  export TMPDIR=$BOXHOUND_WORK/tmp # Packer's own is relative to the work folder
  exec >"$BOXHOUND_LOGS/$BOXHOUND_LAYER.log" 2>&1 </dev/null
  trap ended EXIT
  await_inputs
  await_others
  event started
  # For a seal the package list is needed as well, so it is always built.
  if [[ -s $BOXHOUND_STORE/$BOXHOUND_ID.qcow2 && $BOXHOUND_LAYER != seal ]]; then
    echo 'another bake has made this layer'
    event built bytes "$(stat -c %s -- "$BOXHOUND_STORE/$BOXHOUND_ID.qcow2")"
    return
  fi
  if [[ $BOXHOUND_LAYER == image ]]; then build_base; else build_layer; fi 9>&-
  # Exit status 0 without output is not a result (fault 37).
  [[ -s $overlay ]] || {
    echo "no image at $overlay" >&2
    return 1
  }
  # Never replace a file that another bake builds on: its overlay is as good as ours, since both came from the same id.
  ln -T -- "$overlay" "$BOXHOUND_STORE/$BOXHOUND_ID.qcow2" || [[ -s $BOXHOUND_STORE/$BOXHOUND_ID.qcow2 ]]
  rm -- "$overlay"
  sync -- "$BOXHOUND_STORE"
  event built bytes "$(stat -c %s -- "$BOXHOUND_STORE/$BOXHOUND_ID.qcow2")"
}

main

#!/usr/bin/env bash
# Builds one layer: an overlay on its parent, the staged layer applied in it, moved to its final name. Packer's shell-local step.
#
# Environment, all paths absolute: BOXHOUND_WORK (this run's folder), BOXHOUND_STORE (folder of the layers), BOXHOUND_RUN (id
# of this run), BOXHOUND_LAYER, BOXHOUND_ID, BOXHOUND_PARENT, BOXHOUND_LOGS, BOXHOUND_APT, BOXHOUND_FAILED
# (name that a failed overlay gets, in the store too: its backing file is named without a folder).
set -Eeuo pipefail
# Nothing of the caller's shell has a say in here: no BASH_ENV, no function, no CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
# shellcheck source-path=SCRIPTDIR source=../../disk/overlay.sh
. "$here/../../disk/overlay.sh"
# shellcheck source-path=SCRIPTDIR source=events.sh
. "$here/events.sh"

# Downloads and the lab's repository are made on the host while lower layers are built.
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

# Two boxes may stand on the same layer: who is first builds it, the other waits and takes it. The kernel lets go of the lock with the process.
await_others() {
  local file=${BOXHOUND_STORE%/*}/locks/layer-$BOXHOUND_ID
  mkdir -p -- "${file%/*}"
  # Who held it removes it: a lock on a file that has lost its name keeps nobody out.
  until [[ -n $lock && $file -ef /proc/self/fd/9 ]]; do
    exec 9>"$file"
    flock 9
    lock=$file
  done
}

# The disk image below all layers. Its stage names in `builder` what makes it, one word per line: a script and its arguments, @OUT@ for the
# image's path; an empty line begins another script. A script without arguments gets the path alone.
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
  # The lock keeps two bakes out of one apt cache.
  local -a alone=()
  if [[ -s $BOXHOUND_WORK/layers/$BOXHOUND_LAYER/packages.list ]]; then alone=(flock "$BOXHOUND_APT/lock"); fi
  bash -p "$here/inside.sh" "$run" "$target" "$BOXHOUND_WORK/layers/$BOXHOUND_LAYER" "$BOXHOUND_APT" \
    "${alone[@]}" bash -p "$here/engine.sh" "$target" "$BOXHOUND_WORK/layers/$BOXHOUND_LAYER" || status=$?
  if [[ -e $run/packages.tsv ]]; then mv -- "$run/packages.tsv" "$BOXHOUND_WORK/packages.tsv"; fi
  step close
  if [[ $BOXHOUND_LAYER == seal ]]; then
    overlay_close "$run" "$overlay" zero
  else
    overlay_close "$run" "$overlay"
  fi
  return "$status"
}

# Any way out but the last line of main is a failure.
ended() {
  local status=$?
  if [[ -n $lock ]]; then rm -f -- "$lock"; fi
  if ((status == 0)); then return; fi
  if [[ -e $overlay ]]; then
    mv -f -- "$overlay" "$BOXHOUND_FAILED"
  fi
  event failed status "$status"
}

# Packer leaves its own descriptors open. mmdebstrap then gets number 10 for one of its own, which /bin/sh cannot write to.
close_inherited() {
  local path number
  for path in "/proc/$BASHPID/fd"/*; do
    number=${path##*/}
    if ((number > 2 && number < 100)); then exec {number}>&-; fi
  done
}

main() {
  close_inherited
  lock='' # the file that this process holds
  overlay=$BOXHOUND_STORE/.tmp-$BOXHOUND_RUN-$BOXHOUND_ID.qcow2
  export TMPDIR=$BOXHOUND_WORK/tmp # Packer's own is relative to the work folder
  exec >"$BOXHOUND_LOGS/$BOXHOUND_LAYER.log" 2>&1 </dev/null
  trap ended EXIT
  await_inputs
  await_others
  event started
  # Of a seal the list of packages is needed, too.
  if [[ -s $BOXHOUND_STORE/$BOXHOUND_ID.qcow2 && $BOXHOUND_LAYER != seal ]]; then
    echo 'another bake has made this layer'
    event built bytes "$(stat -c %s -- "$BOXHOUND_STORE/$BOXHOUND_ID.qcow2")"
    return
  fi
  if [[ $BOXHOUND_LAYER == image ]]; then build_base; else build_layer; fi 9>&-
  # Exit status 0 with no output is no result (fault 37).
  [[ -s $overlay ]] || {
    echo "no image at $overlay" >&2
    return 1
  }
  # Never over a file that another bake builds on: its overlay is as good as ours, both came from the same id.
  ln -T -- "$overlay" "$BOXHOUND_STORE/$BOXHOUND_ID.qcow2" || [[ -s $BOXHOUND_STORE/$BOXHOUND_ID.qcow2 ]]
  rm -- "$overlay"
  sync -- "$BOXHOUND_STORE"
  event built bytes "$(stat -c %s -- "$BOXHOUND_STORE/$BOXHOUND_ID.qcow2")"
}

main

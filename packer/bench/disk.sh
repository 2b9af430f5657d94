#!/usr/bin/env bash
# Makes the disk that a peer of `npm run bench` starts from: disk.sh LAYER.qcow2 PUBLIC_KEY OUT.qcow2. OUT.host-key.pub
# is its host key. Runs as root, in the caller's mount and process namespaces, and ends with them. Three things are
# added to LAYER, without which nobody could log in: a key for root, host keys, and a machine id, so that the guest
# doesn't spend its boot generating them. OUT has no backing file.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
# shellcheck source-path=SCRIPTDIR source=../../disk/overlay.sh
. "$here/../../disk/overlay.sh"
# shellcheck source-path=SCRIPTDIR source=../chroot/target.sh
. "$here/../chroot/target.sh"

let_in() {
  local run=$1 key=$2 target=$1/target
  mkdir "$target" "$run/layer" "$run/apt"
  overlay_mount "$run" "$target"
  target_prepare "$target" "$run/layer" "$run/apt" "$run"
  install -d -m 0700 "$target/root/.ssh"
  install -m 0600 "$key" "$target/root/.ssh/authorized_keys"
  bash -p "$here/../chroot/enter.sh" "$target" ssh-keygen -A >/dev/null
  bash -p "$here/../chroot/enter.sh" "$target" cat /etc/ssh/ssh_host_ed25519_key.pub >"$run/host-key.pub"
  bash -p "$here/../chroot/enter.sh" "$target" systemd-machine-id-setup >/dev/null 2>&1
  overlay_unmount "$target"
}

main() {
  local layer key=$2 out=$3 run
  layer=$(readlink -f -- "$1")
  run=$(mktemp -d -- "$out.XXXXXX")
  qemu-img create -q -f qcow2 -b "$layer" -F qcow2 "$run/overlay.qcow2"
  overlay_export "$run/overlay.qcow2" "$run"
  # Never in the daemon's own mount namespace: see overlay_mount.
  BOXHOUND_OWN_MOUNTS=yes unshare --mount -- bash -p "$0" --let-in "$run" "$key"
  overlay_close "$run" "$run/overlay.qcow2"
  qemu-img convert -O qcow2 -m 4 -W "$run/overlay.qcow2" "$run/disk.qcow2"
  mv -- "$run/host-key.pub" "$out.host-key.pub"
  mv -- "$run/disk.qcow2" "$out"
  rm -r -- "$run"
}

if [[ ${1-} == --let-in ]]; then
  let_in "$2" "$3"
else
  main "$@"
fi

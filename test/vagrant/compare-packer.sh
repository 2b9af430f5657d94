#!/usr/bin/env bash
# Packaging for libvirt against Packer's vagrant post-processor on the same disk, in turn: compare-packer.sh [BOX] [PAIRS]. Prints seconds and bytes
# of each and the medians. Packer gets what its qemu builder makes by default, an uncompressed qcow2; its builder starts no machine here, and only the
# post-processor is timed. Ours is timed as a whole process, the digest of the image included.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

readonly box=${1-lab} pairs=${2-5}
root=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../..

template() {
  cat <<HCL
source "qemu" "box" {
  iso_url          = "$work/disk.qcow2"
  iso_checksum     = "none"
  disk_image       = true
  format           = "qcow2"
  skip_compaction  = true
  accelerator      = "none"
  headless         = true
  disable_vnc      = true
  communicator     = "none"
  boot_wait        = "1s"
  qemu_binary      = "$work/qemu"
  output_directory = "$work/artifact"
  vm_name          = "$box.qcow2"
}
build {
  sources = ["source.qemu.box"]
  post-processors {
    post-processor "shell-local" {
      inline = ["date +%s.%N >$work/begin"]
    }
    post-processor "vagrant" {
      output = "$work/packer.box"
    }
  }
}
HCL
}

# A machine that has ended as soon as it is started.
no_machine() {
  # shellcheck disable=SC2016 # for the script that is written
  printf '#!/bin/sh\ncase "$*" in *-version*) exec qemu-system-x86_64 -version ;; esac\nsleep 1\n' >"$work/qemu"
  chmod 0755 "$work/qemu"
}

# Seconds from the end of the builder to the box.
packer_seconds() {
  rm -rf -- "$work/artifact" "$work/packer.box"
  PACKER_CACHE_DIR=$work/cache packer build -color=false "$work/box.pkr.hcl" >"$work/said" 2>&1 || { tail -n 5 "$work/said" >&2 && return 1; }
  seconds_since "$(<"$work/begin")" "$(stat -c %.Y "$work/packer.box")"
}

seconds_since() { awk -v begin="$1" -v end="$2" 'BEGIN { printf "%.2f\n", end - begin }'; }

our_seconds() {
  rm -f -- "$root/out/$box/boxes.json"
  local begin
  begin=$(date +%s.%N)
  (cd "$root" && npm run --silent package -- "$box" >/dev/null 2>&1)
  seconds_since "$begin" "$(date +%s.%N)"
}

median() { sort -n | awk '{ values[NR] = $1 } END { print values[int((NR + 1) / 2)] }'; }

main() {
  work=$(mktemp -d)
  # shellcheck disable=SC2064 # expands now: the name is gone when the trap runs
  trap "rm -rf -- '$work'" EXIT
  qemu-img convert -O qcow2 "$root/out/$box/$box.qcow2" "$work/disk.qcow2"
  no_machine
  template >"$work/box.pkr.hcl"
  local pair
  for ((pair = 1; pair <= pairs; pair++)); do
    our_seconds >>"$work/ours"
    packer_seconds >>"$work/theirs"
    printf 'pair %d: %s s, packer %s s (load %s)\n' "$pair" "$(tail -n 1 "$work/ours")" "$(tail -n 1 "$work/theirs")" \
      "$(cut -d ' ' -f 1 /proc/loadavg)"
  done
  printf 'medians: %s s, packer %s s\n' "$(median <"$work/ours")" "$(median <"$work/theirs")"
  printf 'bytes: %s, packer %s\n' "$(stat -c %s "$root/out/$box/$box-libvirt.box")" "$(stat -c %s "$work/packer.box")"
}

main

#!/usr/bin/env bash
# Boots the userland of a disk image with systemd-nspawn, at native speed:
#
#   container.sh FOLDER DISK PORT [UPPER]
#
# FOLDER is the machine's private folder. Input: credentials/boxhound.* (systemd credentials) or
# credentials/{meta-data,user-data,network-config} (a NoCloud seed). Output: `leader`, the container's first process,
# written once all input has been read. The console goes to stdout. DISK is read and never written: a raw disk, or a
# qcow2 of the store with its chain of backing files. Changes are kept in memory, or in the folder UPPER. PORT on this
# machine's loopback leads to the container's SSH server.
#
# Runs as root in its own mount and process namespaces (scripts/lib/boot/container.ts). When the last process in there
# exits, the mounts, the export, the loop device and the network namespaces go with it. The caller removes the control
# groups (reap.sh).
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
# shellcheck source-path=SCRIPTDIR source=../disk/overlay.sh
. "$here/../disk/overlay.sh"
# shellcheck source-path=SCRIPTDIR source=cgroups.sh
. "$here/cgroups.sh"

# mount_root: mounts the root file system of DISK read-only, below a writable layer. FOLDER/root is what the container
# sees as /.
mount_root() {
  local folder=$1 disk=$2 upper=$3
  mkdir -p -- "$folder"/{export,lower,root,memory}
  if [[ $(head --bytes=3 -- "$disk") == QFI ]]; then
    overlay_export_read_only "$disk" "$folder/export"
    disk=$folder/export/disk
  fi
  partitions_read "$disk"
  partitions_find_root "$disk"
  overlay_mount_partition "$disk" "$partition_root" "$folder/lower" ro,noload
  if [[ -z $upper ]]; then
    # A tmpfs allocates pages as they are written; the size is only a limit.
    mount -t tmpfs -o "size=$BOXHOUND_MACHINE_MEMORY,mode=0700" tmpfs "$folder/memory"
    upper=$folder/memory
  fi
  mkdir -p -- "$upper"/{upper,work}
  # Relative paths, since overlayfs treats commas and colons in a path as syntax.
  upper=$(realpath --relative-to="$folder" -- "$upper")
  (cd -- "$folder" && mount -t overlay -o "lowerdir=lower,upperdir=$upper/upper,workdir=$upper/work" overlay root)
}

# replace ROOT PATH [MODE]: writes stdin to a file in the writable layer. It is written beside and renamed, so that a
# link in the image is replaced and never followed out of ROOT. No parent folder may be a link.
replace() {
  local root=$1 path=$2 mode=${3-0644}
  overlay_plain_path "$root" "$(dirname -- "$path")"
  install -d -m 0755 -- "$root$(dirname -- "$path")"
  rm -rf -- "$root$path"
  install -m "$mode" /dev/stdin "$root$path"
}

# prepare_root: removes what a machine without disks would wait for, and configures cloud-init.
prepare_root() {
  local folder=$1 root=$1/root name
  # The root is mounted already and there is no other disk: a unit waiting for LABEL=UEFI would take 90 s.
  replace "$root" /etc/fstab <<<'# a container: its file systems are mounted by who started it'
  if [[ -e $folder/credentials/meta-data ]]; then
    for name in meta-data user-data network-config; do
      replace "$root" "/var/lib/cloud/seed/nocloud/$name" 0600 <"$folder/credentials/$name"
    done
  fi
}

# serve FOLDER PORT: listens in this network namespace. The first connection becomes a relay in the container's
# namespace, where it appears to come from loopback. A listening socket belongs to the namespace it was created in,
# wherever the process that holds it moves.
serve() {
  local folder=$1 port=$2
  # shellcheck disable=SC2016 # expanded by the inner shell
  systemd-socket-activate --listen="127.0.0.1:$port" \
    bash -c 'exec nsenter --net="/proc/$(<"$1")/ns/net" -- "$2" 127.0.0.1:22' door "$folder/leader" "$(proxy)" \
    >"$folder/door.log" 2>&1 </dev/null &
  door=$!
  until grep -q '^Listening on ' "$folder/door.log"; do
    kill -0 "$door" 2>/dev/null || {
      cat -- "$folder/door.log" >&2
      return 1
    }
    sleep 0.005
  done
}

proxy() {
  local path
  for path in /usr/lib/systemd/systemd-socket-proxyd /lib/systemd/systemd-socket-proxyd; do
    if [[ -x $path ]]; then echo "$path" && return; fi
  done
  refuse 'no systemd-socket-proxyd on this machine' 'it comes with systemd' 'none in /usr/lib/systemd' 'npm run setup'
}

# leader_of PID FOLDER: finds the container's first process, nspawn's child in a process namespace of its own. By then
# nspawn has read all its input.
leader_of() {
  local pid=$1 folder=$2 child own
  local -a children
  own=$(readlink /proc/self/ns/pid)
  while kill -0 "$pid" 2>/dev/null; do
    read -r -a children <"/proc/$pid/task/$pid/children" || :
    for child in "${children[@]}"; do
      if [[ $(readlink "/proc/$child/ns/pid" 2>/dev/null) != "$own" && $(cat "/proc/$child/comm" 2>/dev/null) == systemd ]]; then
        echo "$child" >"$folder/leader.new"
        mv -- "$folder/leader.new" "$folder/leader"
        return
      fi
    done
    sleep 0.005
  done
}

# nested FOLDER: sets `nested`, what nspawn must allow so that the userland can run containers of its own. Only for an
# image that has some, since it opens the kernel further: bpf for the devices of a control group, keyrings. Their layers
# go to memory of their own, because an overlay's writable layer cannot be on an overlay.
nested() {
  nested=()
  [[ -d $1/root/usr/lib/boxhound/images ]] || return 0
  nested=(--system-call-filter='add_key bpf keyctl' --tmpfs='/var/lib/containers:mode=0711')
}

main() {
  local folder=$1 disk=$2 port=$3 upper=${4-} file door nspawn status=0
  local -a credentials=() nested=()
  mount --make-rprivate /
  cgroups_enter "$BOXHOUND_CGROUP" host
  serve "$folder" "$port"
  mount_root "$folder" "$disk" "$upper"
  prepare_root "$folder"
  nested "$folder"
  for file in "$folder"/credentials/boxhound.*; do
    if [[ -e $file ]]; then credentials+=("--load-credential=$(basename -- "$file"):$file"); fi
  done
  export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 SYSTEMD_LOG_LEVEL=warning
  # nspawn leaves its end of the interface pair in this network namespace of ours, so this machine's network stays
  # unchanged.
  unshare --net -- bash -p "$here/nspawn.sh" "$BOXHOUND_CGROUP" --quiet --settings=no --register=no --keep-unit --link-journal=no --network-veth \
    --machine=boxhound --directory="$folder/root" --boot --resolv-conf=off --timezone=off --console=read-only "${nested[@]}" "${credentials[@]}" </dev/null &
  nspawn=$!
  leader_of "$nspawn" "$folder"
  # Bring up the other end of the container's interface, so that it has a carrier; nothing answers there.
  nsenter --net="/proc/$nspawn/ns/net" -- ip link set ve-boxhound up
  wait "$nspawn" || status=$?
  return "$status"
}

main "$@"

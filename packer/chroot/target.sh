#!/usr/bin/env bash
# Prepares a mounted root file system for running a layer, with mounts only: nothing is written to the image.
# Sourced after overlay.sh and a family's host.sh, never run.
# shellcheck disable=SC2154 # variables of partitions.sh, fstab.sh and the family's host.sh

# target_prepare TARGET LAYER APT RUN: LAYER is the staged layer, APT holds apt's lists and archives for this base, RUN
# is the export's folder. No program of the image has run yet in these mounts, so a path that is not a link now stays
# that way.
target_prepare() {
  local target=$1 layer=$2 apt=$3 run=$4 name
  for name in proc sys dev run tmp; do overlay_plain_path "$target" "/$name" || return; done
  # /proc comes with the process namespace (confine.py).
  mount --bind -o ro,nodev,nosuid,noexec /sys "$target/sys"
  # This machine's firmware says nothing about the image's.
  if [[ -d /sys/firmware ]]; then mount -t tmpfs -o ro,nodev,nosuid,noexec,size=4k tmpfs "$target/sys/firmware"; fi
  target_devices "$target" "$run/nodes"
  if [[ -e $target/usr/sbin/grub-probe ]]; then target_nodes "$target" "$run/nodes"; fi
  mount -t tmpfs -o mode=755,nodev,nosuid tmpfs "$target/run"
  mount -t tmpfs -o mode=1777,nodev,nosuid tmpfs "$target/tmp"
  mkdir -p "$target/run/boxhound/layer" "$target/run/lock"
  mount --bind -o ro,nodev,nosuid "$layer" "$target/run/boxhound/layer"
  if [[ -s $layer/packages.list || ${BOXHOUND_ONLINE-} == yes ]]; then target_network "$target" || return; fi
  if [[ -s $layer/packages.list ]]; then target_state "$target" "$apt" || return; fi
}

# The package manager's state is kept outside, so that it need not be cleaned out of a layer (fault 46). A layer that
# installs nothing sees the image's own, because the seal must clean what a base image brought along.
target_state() {
  local target=$1 kept=$2 row path folder inner
  for row in "${family_state[@]}"; do
    read -r path folder inner <<<"$row"
    overlay_plain_path "$target" "/$path" || return
    mkdir -p "$kept/$folder/$inner"
    mount --bind -o nodev,nosuid "$kept/$folder" "$target/$path"
  done
}

# What downloads need: the builder's resolver, and this network's mirrors, proxy, CAs and logins; a shell in a kept
# overlay gets only the resolver. If nothing is downloaded, none of this is visible.
target_network() {
  local target=$1
  if [[ -d ${BOXHOUND_NETWORK-} ]]; then
    mkdir "$target/run/boxhound/network"
    mount --bind -o ro,nodev,nosuid "$BOXHOUND_NETWORK" "$target/run/boxhound/network"
  fi
  target_resolver "$target"
}

# A private /dev, without the host's disks and ptys. The devices are copies: on the host's own, a changed mode or owner
# would take effect outside as well.
target_devices() {
  local target=$1 nodes=$2 name
  local -a names=(null zero full random urandom tty)
  mkdir -p -- "$nodes"
  mount -t tmpfs -o mode=700,nosuid,noexec tmpfs "$nodes"
  cp --archive -- "${names[@]/#//dev/}" "$nodes"
  # Device nodes can be created in it but not opened, except those bind-mounted from elsewhere.
  mount -t tmpfs -o mode=755,nodev,nosuid,noexec tmpfs "$target/dev"
  for name in "${names[@]}"; do
    : >"$target/dev/$name"
    mount --bind "$nodes/$name" "$target/dev/$name"
  done
  mkdir "$target/dev/pts" "$target/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=0666,nosuid,noexec devpts "$target/dev/pts"
  ln -s pts/ptmx "$target/dev/ptmx"
  ln -s /proc/self/fd "$target/dev/fd"
}

# The mounted file systems as block devices, which a kernel upgrade needs: update-grub asks where / and /boot are. With
# the builder's name, loopN, it would look behind the device, find a file and omit every kernel from the menu. Without a
# by-uuid link it would write the builder's loopN into the menu (fault 48).
target_nodes() {
  local target=$1 nodes=$2 line point number node
  local pattern='^[0-9]+ [0-9]+ ([0-9]+):([0-9]+) / ([^ ]+) .* - ext4 (/dev/loop[0-9]+) '
  mkdir -p -- "$target"/dev/disk/by-{uuid,label,partuuid,partlabel}
  while IFS= read -r line; do
    [[ $line =~ $pattern ]] || continue
    point=$(fstab_text "${BASH_REMATCH[3]}")
    if [[ $point == "$target" ]]; then number=$partition_root; else number=${mount_partition[${point#"$target"}]-}; fi
    [[ -n $number ]] || continue
    node=image-part$number
    mknod -m 660 -- "$nodes/$node" b "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
    : >"$target/dev/$node"
    mount --bind "$nodes/$node" "$target/dev/$node"
    ln -s "$node" "$target${BASH_REMATCH[4]}"
    target_node_link "$target" uuid "$node" "${partition_uuid[number]}"
    target_node_link "$target" label "$node" "${partition_label[number]}"
    target_node_link "$target" partuuid "$node" "${partition_partuuid[number]}"
    target_node_link "$target" partlabel "$node" "${partition_name[number]}"
  done </proc/self/mountinfo
}

# Skip names that could be paths.
target_node_link() {
  local target=$1 kind=$2 node=$3 name=$4
  [[ -n $name && $name != */* && $name != . && $name != .. ]] || return 0
  ln -sf -- "../../$node" "$target/dev/disk/by-$kind/$name"
}

# Provides the builder's resolver during the bake. An image's resolv.conf is often a link into /run, a tmpfs here.
target_resolver() {
  local target=$1 path
  [[ -r /etc/resolv.conf ]] || return 0
  path=$(target_path "$target" /etc/resolv.conf) || return
  if [[ $path == /run/* ]]; then
    mkdir -p -- "$target${path%/*}"
    : >>"$target$path"
  elif [[ ! -e $target$path ]]; then
    # Created from within, because ext4 records in its superblock the path under which the first file is opened (fault
    # 46).
    "$python" -IBSc 'import os, sys; os.chroot(sys.argv[1]); os.close(os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644))' \
      "$target" "$path" 2>/dev/null || {
      refuse "the image has no place for $path" 'a file, or a link to one, in a folder that is there' "no folder ${path%/*}" 'take another image'
      return
    }
  fi
  [[ -f $target$path ]] || {
    refuse "the image's /etc/resolv.conf is no file" 'a regular file, or a link to one' "$(stat --format %F -- "$target$path") at $path" 'take another image'
    return
  }
  mount --bind -o ro,nodev,nosuid,noexec /etc/resolv.conf "$target$path"
}

# target_path TARGET PATH: resolves PATH with all links, within the image; the last part need not exist. A program of
# the image could change the result in the meantime, but none is running.
target_path() {
  local target=$1 rest=${2#/} at='' part link
  local -i links=0
  while [[ -n $rest ]]; do
    part=${rest%%/*}
    if [[ $rest == */* ]]; then rest=${rest#*/}; else rest=''; fi
    case $part in
      '' | .) ;;
      ..) at=${at%/*} ;;
      *)
        if [[ -L $target$at/$part ]]; then
          ((links++ < 40)) || {
            refuse "the image's $2 is a loop of links" 'a file, or a link to one' "$at/$part" 'take another image'
            return
          }
          link=$(readlink -- "$target$at/$part")
          if [[ $link == /* ]]; then at=''; fi
          rest=$link/$rest
        else
          at+=/$part
        fi
        ;;
    esac
  done
  printf '%s\n' "$at"
}

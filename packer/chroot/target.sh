#!/usr/bin/env bash
# Makes a mounted root file system fit to run a layer in, by mounts only: nothing of it is written to the image.
# Sourced after overlay.sh, never run.
# shellcheck disable=SC2154 # variables of partitions.sh and fstab.sh

# target_prepare TARGET LAYER APT: LAYER is the staged layer, APT holds apt's lists and archives for this base.
target_prepare() {
  local target=$1 layer=$2 apt=$3
  mount -t proc proc "$target/proc"
  mount --bind -o ro /sys "$target/sys"
  target_devices "$target"
  if [[ -e $target/usr/sbin/grub-probe ]]; then target_nodes "$target"; fi
  mount -t tmpfs -o mode=755 tmpfs "$target/run"
  mount -t tmpfs -o mode=1777 tmpfs "$target/tmp"
  mkdir -p "$target/run/boxhound/layer" "$target/run/lock"
  mount --bind -o ro "$layer" "$target/run/boxhound/layer"
  # Mirrors, proxy, authorities and logins of this network; a shell in a kept overlay has none.
  if [[ -d ${BOXHOUND_NETWORK-} ]]; then
    mkdir "$target/run/boxhound/network"
    mount --bind -o ro "$BOXHOUND_NETWORK" "$target/run/boxhound/network"
  fi
  # apt's state stays outside, so that none of it needs to be cleaned out of a layer (fault 46). A layer that installs nothing sees the
  # image's own: the seal must reach what a base image brought along.
  if [[ -s $layer/packages.list ]]; then
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    mount --bind "$apt/lists" "$target/var/lib/apt/lists"
    mount --bind "$apt/cache" "$target/var/cache/apt"
  fi
  target_resolver "$target"
}

# A private /dev: the host's disks are not the layer's business, and its ptys must not be either.
target_devices() {
  local target=$1 name
  mount -t tmpfs -o mode=755 tmpfs "$target/dev"
  for name in null zero full random urandom tty; do
    : >"$target/dev/$name"
    mount --bind "/dev/$name" "$target/dev/$name"
  done
  mkdir "$target/dev/pts" "$target/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=0666 devpts "$target/dev/pts"
  ln -s pts/ptmx "$target/dev/ptmx"
  ln -s /proc/self/fd "$target/dev/fd"
}

# The mounted file systems as block devices, which a kernel's upgrade needs: update-grub asks where / and /boot lie. Under its own name,
# loopN, it would look behind the device, find a file and leave every kernel out of the menu; without a link by-uuid it would write the
# builder's loopN into it (fault 48).
target_nodes() {
  local target=$1 line point number node
  local pattern='^[0-9]+ [0-9]+ ([0-9]+):([0-9]+) / ([^ ]+) .* - ext4 (/dev/loop[0-9]+) '
  mkdir -p -- "$target"/dev/disk/by-{uuid,label,partuuid,partlabel}
  while IFS= read -r line; do
    [[ $line =~ $pattern ]] || continue
    point=$(fstab_text "${BASH_REMATCH[3]}")
    if [[ $point == "$target" ]]; then number=$partition_root; else number=${mount_partition[${point#"$target"}]-}; fi
    [[ -n $number ]] || continue
    node=image-part$number
    mknod -m 660 -- "$target/dev/$node" b "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
    ln -s "$node" "$target${BASH_REMATCH[4]}"
    target_node_link "$target" uuid "$node" "${partition_uuid[number]}"
    target_node_link "$target" label "$node" "${partition_label[number]}"
    target_node_link "$target" partuuid "$node" "${partition_partuuid[number]}"
    target_node_link "$target" partlabel "$node" "${partition_name[number]}"
  done </proc/self/mountinfo
}

# target_kernels TARGET: the kernels that GRUB's menu is made from; nothing where there is no such menu.
target_kernels() {
  [[ -e $1/usr/sbin/update-grub && -e $1/boot/grub/grub.cfg ]] || return 0
  compgen -G "$1/boot/vmlinu[zx]-*" || true
  compgen -G "$1/boot/initrd.img-*" || true
}

# A name that would be a path is nobody's.
target_node_link() {
  local target=$1 kind=$2 node=$3 name=$4
  [[ -n $name && $name != */* && $name != . && $name != .. ]] || return 0
  ln -sf -- "../../$node" "$target/dev/disk/by-$kind/$name"
}

# The builder's resolver for the time of the bake. An image's resolv.conf is often a link into /run, a tmpfs here.
target_resolver() {
  local target=$1 link file
  [[ -r /etc/resolv.conf ]] || return 0
  link=$(readlink "$target/etc/resolv.conf" || true)
  case $link in
    "") file=$target/etc/resolv.conf ;;
    /*) file=$target$link ;;
    *) file=$target/etc/$link ;;
  esac
  mkdir -p "$(dirname -- "$file")"
  # By the target's own touch: ext4 keeps in its superblock by which path the first file was opened (fault 46).
  [[ -e $file ]] || chroot "$target" /usr/bin/touch "${file#"$target"}"
  mount --bind -o ro /etc/resolv.conf "$file"
}

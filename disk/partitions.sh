#!/usr/bin/env bash
# Reads what a disk file contains: its partitions, their content, and which of them is the root. Sourced, never run.
#
# Such a file never gets partition nodes, so everything uses byte offsets. partx and blkid can read a plain file, verify
# GPT's checksums, use the primary table if the disk was enlarged behind the backup, and cost 5 ms each, where Python
# would cost 30 ms for every layer. Only the code that writes tables is our own (grow_table.py), since sfdisk syncs the
# whole machine when it ends.
# shellcheck disable=SC2034 # fstab.sh reads the rest

readonly root_type=4f68bce3-e8cd-4db1-96e7-fbcaf984b709 # GPT's root-x86-64

# About the disk that was read last, by partition number; `partition_root` is the root's number.
declare -a partition_numbers=() partition_start=() partition_bytes=() partition_type=() partition_name=() partition_partuuid=()
declare -a partition_fs=() partition_label=() partition_uuid=()
partition_root='' partition_scheme=''

# refuse MESSAGE EXPECTED FOUND NEXT: prints an error in boxhound's usual form; empty parts are left out.
refuse() {
  printf 'image: %s\n' "$1"
  if [[ -n ${2-} ]]; then printf '  expected: %s\n' "$2"; fi
  if [[ -n ${3-} ]]; then printf '  found:    %s\n' "$3"; fi
  if [[ -n ${4-} ]]; then printf '  next:     %s\n' "$4"; fi
  return 1
} >&2

# partitions_read DISK: fills the variables above except the root. Extended partitions are only containers and left out.
partitions_read() {
  local disk=$1 line number start sectors
  local quoted='"([^"]*)"'
  local pattern="^NR=$quoted START=$quoted SECTORS=$quoted TYPE=$quoted UUID=$quoted SCHEME=$quoted NAME=$quoted\$"
  partition_numbers=() partition_root=''
  while IFS= read -r line; do
    [[ $line =~ $pattern ]] || continue
    number=${BASH_REMATCH[1]} start=${BASH_REMATCH[2]} sectors=${BASH_REMATCH[3]}
    partition_scheme=${BASH_REMATCH[6]}
    case $partition_scheme:${BASH_REMATCH[4]} in dos:0x5 | dos:0xf | dos:0x85) continue ;; esac
    partition_numbers+=("$number")
    partition_start[number]=$((start * 512))
    partition_bytes[number]=$((sectors * 512))
    partition_type[number]=${BASH_REMATCH[4],,}
    partition_partuuid[number]=${BASH_REMATCH[5],,}
    # partx writes special characters as \xNN.
    printf -v "partition_name[number]" %b "${BASH_REMATCH[7]}"
    partitions_content "$disk" "$number"
  done < <(partx --bytes --pairs --output NR,START,SECTORS,TYPE,UUID,SCHEME,NAME -- "$disk" 2>/dev/null)
  [[ ${#partition_numbers[@]} -gt 0 ]] ||
    refuse 'the disk has no partition table' 'a GPT or MBR table with at least one partition' "nothing of the kind in $disk" \
      'take the image of a whole disk, as clouds boot it'
}

# partitions_content DISK NUMBER: type, label and UUID of a partition's content; empty if it is unknown or ambiguous.
partitions_content() {
  local disk=$1 number=$2 key value
  partition_fs[number]='' partition_label[number]='' partition_uuid[number]=''
  # GRUB's core on a BIOS boot partition is not a file system.
  [[ ${partition_type[number]} != 21686148-6449-6e6f-744e-656564454649 ]] || return 0
  while IFS='=' read -r key value; do
    case $key in
      ID_FS_TYPE) partition_fs[number]=$value ;;
      ID_FS_LABEL_ENC) printf -v "partition_label[number]" %b "$value" ;;
      ID_FS_UUID_ENC) printf -v "partition_uuid[number]" %b "${value,,}" ;;
    esac
  done < <(blkid --probe --output udev --offset "${partition_start[number]}" --size "${partition_bytes[number]}" -- "$disk" 2>/dev/null)
}

# partitions_text: describes all partitions, for messages.
partitions_text() {
  local number text=''
  for number in "${partition_numbers[@]}"; do
    text+="${text:+; }partition $number, $((partition_bytes[number] >> 20)) MiB, ${partition_fs[number]:-no file system}"
    if [[ -n ${partition_label[number]} ]]; then printf -v text '%s labelled %q' "$text" "${partition_label[number]}"; fi
  done
  echo "$text"
}

is_ext() { [[ $1 == ext[234] ]]; }

# partitions_find_root DISK, after partitions_read: finds the root by GPT type, else by label, else the largest Linux
# file system that contains /etc/os-release. An ambiguous case is refused, never guessed.
partitions_find_root() {
  local disk=$1 number
  local -a typed=() labelled=() ext=() other=()
  for number in "${partition_numbers[@]}"; do
    if [[ ${partition_type[number]} == "$root_type" ]]; then typed+=("$number"); fi
    case ${partition_fs[number]} in
      ext[234]) ext+=("$number") ;;
      '' | vfat | swap | iso9660) continue ;;
      *) other+=("$number") ;;
    esac
    case ${partition_label[number]} in
      cloudimg-rootfs | root | rootfs | / | *[-_]root | *[-_]rootfs) labelled+=("$number") ;;
    esac
  done
  if [[ ${#typed[@]} -gt 0 ]]; then
    partitions_choose 'partitions of the type "Linux root (x86-64)"' "${typed[@]}" || return
  elif [[ ${#labelled[@]} -gt 0 ]]; then
    partitions_choose 'file systems labelled as a root' "${labelled[@]}" || return
  elif [[ ${#ext[@]} -eq 1 && ${#other[@]} -eq 0 ]]; then
    partition_root=${ext[0]}
  else
    partitions_largest "$disk" "${ext[@]}" || return
  fi
  is_ext "${partition_fs[$partition_root]}" ||
    refuse "the root file system is of a kind that cannot be built in" 'ext4 (or ext2, ext3) right in a partition: no LVM, no encryption' \
      "${partition_fs[$partition_root]:-nothing known} in partition $partition_root" 'take an image of the system whose root is ext4'
}

# partitions_choose WHAT NUMBER…: the root is this one, if it is the only one.
partitions_choose() {
  local what=$1
  shift
  if [[ $# -ne 1 ]]; then
    refuse "the disk has $# $what" 'one' "$(partitions_text)" 'take an image with one system in it'
    return
  fi
  partition_root=$1
}

# partitions_largest DISK NUMBER…: the largest ext file system that contains a system.
partitions_largest() {
  local disk=$1 number largest=-1 twice=no
  shift
  for number; do
    holds_system "$disk" "${partition_start[number]}" || continue
    if ((partition_bytes[number] > largest)); then
      partition_root=$number largest=${partition_bytes[number]} twice=no
    elif ((partition_bytes[number] == largest)); then
      twice=yes
    fi
  done
  if [[ -z $partition_root ]]; then
    refuse 'no root file system on the disk' 'an ext4 partition (or ext2, ext3) with /etc/os-release: no LVM, no encryption, no xfs, no btrfs' \
      "$(partitions_text)" 'take an image of the system whose root is ext4'
    return
  fi
  [[ $twice == no ]] || refuse 'the disk holds two systems of the same size' 'one root file system' "$(partitions_text)" \
    'take an image with one system in it, or label its root cloudimg-rootfs'
}

# holds_system DISK OFFSET: whether there is an /etc/os-release, without mounting.
holds_system() {
  [[ $(timeout 30 debugfs -c -R 'stat /etc/os-release' "$1?offset=$2" 2>/dev/null | head --bytes=64K) == *Inode:* ]]
}

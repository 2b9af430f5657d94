#!/usr/bin/env bash
# What of an image's own fstab lies on its disk (fault 48). Sourced after partitions.sh, never run.
# shellcheck disable=SC2034,SC2154 # variables of partitions.sh, and for overlay.sh

# Mount points below the root in the order in which to mount them, and the partition of each.
declare -a mount_points=()
declare -A mount_partition=()

# fstab_text WORD: fstab writes a space as \040.
fstab_text() {
  printf %b "$1"
}

# fstab_wanted FIELD VALUE: numbers of the partitions that say so.
fstab_wanted() {
  local -n field=$1
  local number
  for number in "${partition_numbers[@]}"; do
    if [[ ${field[number]} == "$2" ]]; then echo "$number"; fi
  done
}

# fstab_partitions SPEC: numbers of the partitions that a first field names, one per line; nothing when none does.
fstab_partitions() {
  local spec=$1 value
  value=${spec#*=} value=${value//\"/}
  case $spec in
    LABEL=*) fstab_wanted partition_label "$value" ;;
    UUID=*) fstab_wanted partition_uuid "${value,,}" ;;
    PARTLABEL=*) fstab_wanted partition_name "$value" ;;
    PARTUUID=*) fstab_wanted partition_partuuid "${value,,}" ;;
    /dev/disk/by-label/*) fstab_wanted partition_label "$(printf %b "${spec##*/}")" ;;
    /dev/disk/by-uuid/*) spec=${spec##*/} && fstab_wanted partition_uuid "${spec,,}" ;;
    /dev/disk/by-partlabel/*) fstab_wanted partition_name "$(printf %b "${spec##*/}")" ;;
    /dev/disk/by-partuuid/*) spec=${spec##*/} && fstab_wanted partition_partuuid "${spec,,}" ;;
    /dev/root) echo "$partition_root" ;;
    *)
      # The first disk under the names that it has with the usual drivers; another disk is not this one.
      if [[ $spec =~ ^/dev/(([shv]|xv)da|nvme0n1p|mmcblk0p)([0-9]+)$ && -n ${partition_start[${BASH_REMATCH[3]}]-} ]]; then
        echo "${BASH_REMATCH[3]}"
      fi
      ;;
  esac
}

# fstab_read DISK: the plan by the root's own fstab. By debugfs, before anything is mounted: ext4 keeps in its superblock by which path the first
# file was opened, and that must be no folder of the builder's (fault 46).
fstab_read() {
  fstab_plan <(timeout 30 debugfs -c -R 'cat /etc/fstab' "$1?offset=${partition_start[partition_root]}" 2>/dev/null | head --bytes=1M)
}

# fstab_plan FILE: fills mount_points and mount_partition. A local file system that is not on the disk and that the image cannot boot
# without is refused: what a package writes below its mount point would be hidden as soon as the image boots (fault 48).
fstab_plan() {
  local file=$1 spec point type options line=0 found problem
  local -a sorted=()
  mount_points=() mount_partition=()
  while read -r spec point type options _ || [[ -n $spec ]]; do
    line=$((line + 1))
    # Not a comment, not of a network or of the kernel's own.
    [[ $spec =~ ^([A-Z]+=|/dev/) && $point == /* && ,$options, != *,bind,* && ,$options, != *,rbind,* ]] || continue
    case $type in iso9660 | udf | tmpfs) continue ;; esac
    if [[ $spec$point == *\\* ]]; then spec=$(fstab_text "$spec") point=$(fstab_text "$point"); fi
    found=$(fstab_partitions "$spec")
    if [[ -z $found && ,$options, =~ ,(nofail|noauto), ]]; then continue; fi
    problem=
    case $found in
      '') problem='is not on the disk' ;;
      *$'\n'*) problem='stands for several partitions' ;;
    esac
    # A line break in a path is no path that anybody means.
    if [[ $point == *[[:cntrl:]]* ]]; then point=${point//[[:cntrl:]]/?} problem='has a mount point with control characters in it'; fi
    if [[ -n $problem ]]; then
      refuse "/etc/fstab, line $line: $spec, to be mounted at $point, $problem" 'every file system that the image mounts by itself, on its one disk' \
        "$(partitions_text)" 'take an image of one disk; a line with the option nofail may be missing'
      return
    fi
    if [[ $point == / ]]; then
      [[ $found == "$partition_root" ]] || {
        refuse "/etc/fstab, line $line: the root is $spec, partition $found" "partition $partition_root, which looks like the root" \
          "$(partitions_text)" 'take an image with one system in it'
        return
      }
      continue
    fi
    [[ ${partition_fs[found]} == ext[234] || ${partition_fs[found]} == vfat ]] || {
      refuse "/etc/fstab, line $line: $point is of a kind that cannot be built in" 'ext4 (or ext2, ext3) or vfat' \
        "${partition_fs[found]:-nothing known} in partition $found" 'take an image whose file systems are ext4'
      return
    }
    mount_partition[${point%/}]=$found
  done <"$file"
  if [[ ${#mount_partition[@]} -gt 0 ]]; then
    mapfile -t sorted < <(printf '%s\n' "${!mount_partition[@]}" | LC_ALL=C sort)
    mount_points=("${sorted[@]}")
  fi
}

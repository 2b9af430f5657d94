#!/usr/bin/env bash
# Finds the mount points in an image's own fstab that are on its disk (fault 48). Sourced after partitions.sh, never
# run.
# shellcheck disable=SC2034,SC2154 # variables of partitions.sh, and for overlay.sh

# Mount points below the root, in mount order, and the partition of each.
declare -a mount_points=()
declare -A mount_partition=()

# fstab_text WORD: decodes a word; fstab writes a space as \040.
fstab_text() {
  printf %b "$1"
}

# fstab_wanted FIELD VALUE: numbers of the partitions whose FIELD has this value.
fstab_wanted() {
  local -n field=$1
  local number
  for number in "${partition_numbers[@]}"; do
    if [[ ${field[number]} == "$2" ]]; then echo "$number"; fi
  done
}

# fstab_partitions SPEC: numbers of the partitions that a line's first field refers to, one per line; nothing if none
# does.
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
      # The first disk, under the names that the usual drivers give it. Any other disk is not this one.
      if [[ $spec =~ ^/dev/(([shv]|xv)da|nvme0n1p|mmcblk0p)([0-9]+)$ && -n ${partition_start[${BASH_REMATCH[3]}]-} ]]; then
        echo "${BASH_REMATCH[3]}"
      fi
      ;;
  esac
}

# fstab_read DISK: makes the plan from the root's own fstab. Uses debugfs before anything is mounted: ext4 records the
# mount path under which the first file is opened in its superblock, and that must not be a folder of the builder's
# (fault 46).
fstab_read() {
  fstab_plan <(timeout 30 debugfs -c -R 'cat /etc/fstab' "$1?offset=${partition_start[partition_root]}" 2>/dev/null | head --bytes=1M)
}

# fstab_plan FILE: fills mount_points and mount_partition. Refuses an image that cannot boot without a local file system
# that is not on the disk: whatever a package writes below that mount point would be hidden as soon as the image boots
# (fault 48).
fstab_plan() {
  local file=$1 spec point type options line=0 found problem
  local -a sorted=()
  mount_points=() mount_partition=()
  while read -r spec point type options _ || [[ -n $spec ]]; do
    line=$((line + 1))
    # Skip comments, network file systems and the kernel's own.
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
    # A path with a line break is never intended.
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

#!/usr/bin/env bash
# Extends the root partition and its file system to the size of the disk. Sourced after overlay.sh, never run.
# shellcheck disable=SC2154 # variables of partitions.sh

# growth_bytes SIZE: converts a size such as 8G or 8589934592 to bytes; it must be whole MiB.
growth_bytes() {
  local bytes=1
  if [[ $1 =~ ^[1-9][0-9]{0,14}[KMGT]?$ ]]; then bytes=$(numfmt --from=iec -- "$1"); fi
  if ((bytes % (1 << 20) != 0)); then
    refuse 'no size for a disk' 'a number of bytes, or one with K, M, G or T, in whole MiB' "$1" 'image.size in the box file, such as 8G'
    return
  fi
  echo "$bytes"
}

# growth_virtual_size FILE.qcow2: reads it from the header, a big-endian number at byte 24.
growth_virtual_size() {
  local size
  size=$(od --address-radix=n --endian=big --format=u8 --skip-bytes=24 --read-bytes=8 -- "$1")
  echo $((size))
}

# growth_allowed NOW SIZE: refuses to shrink a disk.
growth_allowed() {
  (($2 >= $1)) || refuse 'the image is larger than the disk that is asked for' "at most $2 bytes ($(($2 >> 20)) MiB)" "$1 bytes ($((($1 + 1048575) >> 20)) MiB)"     'a larger image.size in the box file; a disk is never made smaller'
}

# growth_check DISK NUMBER LOG: e2fsck repairs what a crash may leave behind, if that takes no human decision.
growth_check() {
  local disk=$1 number=$2 log=$3 status=0
  e2fsck -fp "$disk?offset=${partition_start[number]}" >"$log" 2>&1 || status=$?
  ((status < 2)) || refuse "the file system of partition $number is damaged, or of a newer kind than this machine's e2fsck knows" \
    'e2fsck -p ends with 0 or 1' "$status: $(tail -n 3 -- "$log" | paste -sd ' ')" 'take the image anew; a newer e2fsprogs knows newer file systems'
}

# growth_table DISK, after partitions_find_root: updates the table of a disk that has become larger. Only the last
# partition can grow, so the root has to be the last.
growth_table() {
  local disk=$1 number
  for number in "${partition_numbers[@]}"; do
    if ((partition_start[number] > partition_start[partition_root])); then
      refuse 'the root partition cannot grow: it is not the last on the disk' "partition $partition_root at the end" \
        "$(partitions_text); partition $number lies behind it" 'leave image.size out of the box file, or take an image whose root is last'
      return
    fi
  done
  "$python" -IB "${BASH_SOURCE[0]%/*}/grow_table.py" "$disk" "$partition_root" || return
  partitions_read "$disk" && partitions_find_root "$disk"
}

# growth_root FILE RUN: makes the root file system fill its partition. FILE must not be exported. Only the partition is
# exported, because resize2fs, despite its offset option, truncates a plain file to the new size.
growth_root() {
  local file=$1 run=$2 part=$2/part status=0
  mkdir -- "$part"
  overlay_export "$file" "$part" "${partition_start[partition_root]}" "${partition_bytes[partition_root]}" || return
  e2fsck -fp "$part/disk" >"$run/log" 2>&1 || status=$?
  if ((status < 2)); then status=0 && resize2fs "$part/disk" >"$run/log" 2>&1 || status=$?; fi
  overlay_close "$part" "$file"
  ((status == 0)) || refuse 'the root file system cannot grow' 'e2fsck and resize2fs end well' "status $status: $(tail -n 3 -- "$run/log" | paste -sd ' ')" \
    'take another image; a newer e2fsprogs knows newer file systems'
}

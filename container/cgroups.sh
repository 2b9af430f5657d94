#!/usr/bin/env bash
# Control groups for a container. Sourced, never run.

# cgroups_roots: prints where this machine has control groups for systemd: the unified hierarchy, and on hybrid machines
# systemd's named hierarchy too.
cgroups_roots() {
  local path
  for path in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
    if [[ -e $path/cgroup.procs ]]; then echo "$path"; fi
  done
}

# cgroups_enter GROUP PART: moves the calling shell, and with it whatever it starts, into the group GROUP/PART.
cgroups_enter() {
  local root
  while IFS= read -r root; do
    mkdir -p -- "$root/$1/$2"
    echo "$$" >"$root/$1/$2/cgroup.procs"
  done < <(cgroups_roots)
}

# cgroups_remove GROUP: removes the group and those below it; fails while a process is in one of them.
cgroups_remove() {
  local root status=0
  while IFS= read -r root; do
    [[ -d $root/$1 ]] || continue
    find "$root/$1" -depth -type d -exec rmdir -- {} + 2>/dev/null || status=1
  done < <(cgroups_roots)
  return "$status"
}

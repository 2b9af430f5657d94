#!/usr/bin/env bash
# Makes what stands in for somebody's stock Vagrant box, out of the lab's base image: stock-box.sh IMAGE BOX. The image is the system alone,
# without a layer of ours; what is added is what makers of such boxes add: Vagrant's user, key and rule, and host keys made at each machine's boot.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
root=$here/../..
# shellcheck source-path=SCRIPTDIR source=../../disk/overlay.sh
. "$root/disk/overlay.sh"

add_user() {
  local target=$1 key
  key=$(sed -n "s/^known_key='\(.*\)'$/\1/p" "$root/provision/95-vagrant/root/usr/lib/boxhound/first-boot.d/early/50-vagrant")
  chroot "$target" useradd --create-home --user-group --shell /bin/bash vagrant
  install -d -m 0700 "$target/home/vagrant/.ssh"
  printf '%s\n' "$key" >"$target/home/vagrant/.ssh/authorized_keys"
  chmod 0600 "$target/home/vagrant/.ssh/authorized_keys"
  chroot "$target" chown -R vagrant:vagrant /home/vagrant/.ssh
  printf 'vagrant ALL=(ALL) NOPASSWD: ALL\n' >"$target/etc/sudoers.d/99-vagrant"
  chmod 0440 "$target/etc/sudoers.d/99-vagrant"
}

own_identity() {
  local target=$1
  : >"$target/etc/machine-id"
  rm -f "$target"/etc/ssh/ssh_host_* "$target/var/lib/systemd/random-seed" "$target/var/lib/systemd/credential.secret"
  printf 'stock\n' >"$target/etc/hostname"
  cat >"$target/etc/systemd/system/stock-host-keys.service" <<'UNIT'
[Unit]
Before=ssh.service
ConditionPathExists=!/etc/ssh/ssh_host_ed25519_key
[Service]
Type=oneshot
ExecStart=/usr/bin/ssh-keygen -A
[Install]
WantedBy=multi-user.target
UNIT
  mkdir -p "$target/etc/systemd/system/multi-user.target.wants"
  ln -sf ../stock-host-keys.service "$target/etc/systemd/system/multi-user.target.wants/"
}

change() {
  local run=$1 target=$2
  overlay_mount "$run" "$target"
  add_user "$target"
  own_identity "$target"
  overlay_unmount "$target"
}

main() {
  local image=$1 box=$2 work
  work=$(mktemp -d)
  # shellcheck disable=SC2064 # expands now: the name is gone when the trap runs
  trap "rm -rf -- '$work'" EXIT
  mkdir "$work/run" "$work/target"
  qemu-img create -q -f qcow2 -b "$image" -F qcow2 "$work/disk.qcow2"
  overlay_export "$work/disk.qcow2" "$work/run"
  unshare --mount bash "$0" --change "$work/run" "$work/target"
  overlay_close "$work/run" "$work/disk.qcow2"
  umount --quiet --lazy "$work/run/disk" 2>/dev/null || true
  qemu-img convert -O qcow2 -c -o compression_type=zstd -m 4 -W "$work/disk.qcow2" "$work/box.img"
  printf '{ "provider": "libvirt", "format": "qcow2", "virtual_size": 4 }\n' >"$work/metadata.json"
  printf 'Vagrant.configure("2") { |config| config.vm.boot_timeout = 600 }\n' >"$work/Vagrantfile"
  tar -C "$work" -cf "$box" metadata.json Vagrantfile box.img
}

if [[ ${1-} == --change ]]; then
  change "$2" "$3"
else
  main "$@"
fi

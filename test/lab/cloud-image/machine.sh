#!/usr/bin/env bash
# Machines to try the cloud image in, and what is expected of them. Sourced by try.sh, never run.
# shellcheck disable=SC2154 # work and image are try.sh's

readonly port=2298
declare -i passed=0 failed=0

# expect WHAT PATTERN TEXT
expect() {
  if grep -qE -- "$2" <<<"$3"; then
    passed+=1
    printf '  ok      %s\n' "$1"
  else
    failed+=1
    printf '  FAILED  %s\n          expected: %s\n          found:    %s\n' "$1" "$2" "$3"
  fi
}

# The machine's first lines are the same for all: TCG, since KVM isn't everywhere. What it boots from and by stands in the arguments.
machine() {
  qemu-system-x86_64 -accel tcg,thread=multi -cpu qemu64 -smp 2 -m 1024 -nodefaults -no-user-config -display none -no-reboot \
    -serial "file:$work/$1.log" -netdev "user,id=net,hostfwd=tcp:127.0.0.1:$port-:22" -device virtio-net-pci,netdev=net "${@:2}" &
  qemu=$!
}

overlay() {
  qemu-img create -q -f qcow2 -F "${3:-qcow2}" -b "$2" "$work/$1.qcow2" 10G
}

make_seed() {
  ssh-keygen -q -t ed25519 -N '' -f "$work/key"
  printf '#cloud-config\nssh_authorized_keys: ["%s"]\n' "$(<"$work/key.pub")" >"$work/user-data"
  printf 'instance-id: try-1\nlocal-hostname: twin\n' >"$work/meta-data"
  xorriso -as genisoimage -quiet -V CIDATA -J -r -o "$work/seed.iso" "$work/user-data" "$work/meta-data" 2>/dev/null
}

in_guest() {
  timeout "$1" ssh -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ConnectTimeout=10 -o LogLevel=ERROR -o BatchMode=yes \
    -i "$work/key" -p "$port" debian@127.0.0.1 "$2"
}

# Facts as one line each, told by the guest itself.
# shellcheck disable=SC2016 # for the guest's shell
readonly facts='
cloud-init status --wait --long | tr "\n" " "; echo
echo "system: $(systemctl is-system-running --wait), failed units: $(systemctl list-units --failed --plain --no-legend | tr "\n" " ")"
for point in / /boot /boot/efi; do echo "mount: $(findmnt -no TARGET,LABEL,FSTYPE $point | tr -s " ")"; done
echo "root gigabytes: $(df --output=size -BG / | tail -n 1 | tr -dc 0-9)"
echo "resolv.conf: $(readlink /etc/resolv.conf)"
echo "passwords: $(sudo -n passwd --status root | cut -d" " -f1,2) $(sudo -n passwd --status debian | cut -d" " -f1,2)"
echo "sshd: $(sudo -n sshd -T | grep ^passwordauthentication)"
echo "host keys: $(ls /etc/ssh/ssh_host_*_key | wc -l), machine id: $(wc -c </etc/machine-id)"
echo "name: $(hostname)"
if [ -d /sys/firmware/efi ]; then echo "firmware: UEFI"; else echo "firmware: BIOS"; fi'

seeded() {
  local name=$1 firmware=$2 text='' started=$SECONDS
  shift 2
  overlay "$name" "$image"
  machine "$name" "$@"
  while ((SECONDS - started < 280)) && kill -0 "$qemu" 2>/dev/null && ! in_guest 20 true 2>/dev/null; do sleep 1; done
  printf '  login after %d s\n' "$((SECONDS - started))"
  text=$(in_guest 120 "$facts" 2>&1) || true
  in_guest 20 'sudo -n poweroff' 2>/dev/null || true
  wait_off
  expect 'cloud-init is done without errors, from the seed' '^status: done .*DataSourceNoCloud.* errors: \[\]' "$text"
  expect 'no unit failed' '^system: running, failed units: $' "$text"
  expect 'root by label' '^mount: / cloudimg-rootfs ext4$' "$text"
  expect '/boot' '^mount: /boot BOOT ext4$' "$text"
  expect '/boot/efi' '^mount: /boot/efi UEFI vfat$' "$text"
  expect 'root grew with the disk' '^root gigabytes: [89]$' "$text"
  expect "resolv.conf is systemd-resolved's" '^resolv.conf: ../run/systemd/resolve/stub-resolv.conf$' "$text"
  expect 'no password lets anybody in' '^passwords: root L debian L$' "$text"
  expect 'sshd asks for no password' '^sshd: passwordauthentication no$' "$text"
  expect 'identity made at first boot' '^host keys: [1-9], machine id: 33$' "$text"
  expect 'name of the seed' '^name: twin$' "$text"
  expect "firmware is $firmware" "^firmware: $firmware\$" "$text"
}

# wait_off [SECONDS]: until the machine has powered off; it is ended when it hasn't by then.
wait_off() {
  local started=$SECONDS
  while ((SECONDS - started < ${1:-60})) && kill -0 "$qemu" 2>/dev/null; do sleep 1; done
  kill "$qemu" 2>/dev/null || true
  wait "$qemu" 2>/dev/null || true
}

# A machine that nobody can log in to tells its facts on the console and powers off: a unit given as a systemd credential.
unseeded() {
  local name=$1 kernel=$2 text started=$SECONDS
  shift 2
  # The console is opened for each line: the getty that starts on it hangs up whoever has it open.
  cat >"$work/unit" <<'UNIT'
[Unit]
After=cloud-init.target ssh.service serial-getty@ttyS0.service
[Service]
Type=oneshot
ExecStart=-/bin/sh -c 'tell() { echo "fact $*" >/dev/ttyS0; }; tell "kernel: $$(uname -r)"; tell "cloud-init $$(cloud-init status)"; \
  for point in / /boot /boot/efi; do tell "mount: $$(findmnt -no TARGET,LABEL,FSTYPE $$point | tr -s " ")"; done; \
  tell "fsck: $$(grep -c cloudimg-rootfs /run/initramfs/fsck.log)"; tell "disk: $$(findmnt -no SOURCE /)"'
ExecStart=systemctl --no-block poweroff
UNIT
  printf '[Unit]\nWants=try.service\n' >"$work/dropin"
  machine "$name" -smbios "type=11,value=io.systemd.credential.binary:systemd.extra-unit.try.service=$(base64 -w 0 "$work/unit")" \
    -smbios "type=11,value=io.systemd.credential.binary:systemd.unit-dropin.multi-user.target=$(base64 -w 0 "$work/dropin")" "$@"
  wait_off 280
  printf '  off after %d s\n' "$((SECONDS - started))"
  text=$(tr -d '\r' <"$work/$name.log" | grep -ao 'fact .*' || tail -n 5 "$work/$name.log")
  expect 'cloud-init is off' '^fact cloud-init status: disabled$' "$text"
  expect 'root by label' '^fact mount: / cloudimg-rootfs ext4$' "$text"
  expect '/boot' '^fact mount: /boot BOOT ext4$' "$text"
  expect '/boot/efi' '^fact mount: /boot/efi UEFI vfat$' "$text"
  expect "kernel is $kernel" "^fact kernel: $kernel\$" "$text"
  expect 'the initramfs checked the root file system' '^fact fsck: [1-9]' "$text"
}

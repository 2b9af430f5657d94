#!/bin/bash
# Proves the cloud image by booting disposable copies of it: try.sh IMAGE [SCENARIO…], root on a machine that can run build.sh.
#
#   content   what lies in the image: partitions, fstab, no user, no key, no identity
#   bios      BIOS, virtio-blk, disk enlarged, NoCloud seed: a login over SSH, root grown, /boot and /boot/efi mounted
#   uefi      the same by UEFI with Secure Boot's chain of loaders, on virtio-scsi
#   unseeded  no seed, on SATA: cloud-init keeps out of the way, and the machine boots
#   ide       the same on IDE
#   kernel    another kernel installed and this one removed in a chroot: what GRUB then boots is the other one
set -Eeuo pipefail

readonly port=2298
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
readonly here
# shellcheck source=lab/cloud/disk.sh
. "$here/disk.sh"
declare -i passed=0 failed=0

need() {
  local program
  for program in "$@"; do
    command -v "${program%:*}" >/dev/null || { printf 'try: %s is missing: apt-get install %s\n' "${program%:*}" "${program#*:}" >&2; exit 3; }
  done
}

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

content() {
  local root=$work/root disk=$work/disk.raw table text point
  qemu-img convert -f qcow2 -O raw "$image" "$disk"
  table=$(sfdisk --json "$disk" | tr -d ' \n')
  for text in "14:2048:8192:21686148-6449-6E6F-744E-656564454649" "15:10240:217088:C12A7328-F81F-11D2-BA4B-00A0C93EC93B" \
    "16:227328:1869825:BC13C2FF-59E6-4262-A352-B275FD6F7172" "1:2099200:5240799:0FC63DAF-8483-4772-8E79-3D69D8477DE4"; do
    IFS=: read -r number first sectors type <<<"$text"
    expect "partition $number" "\"start\":$first,\"size\":$sectors,\"type\":\"$type\"" "$table"
  done
  expect 'a GUID partition table' '"label":"gpt"' "$table"
  expect 'ESP' 'LABEL="UEFI".* TYPE="vfat"' "$(blkid --probe --offset $((esp_first * 512)) --size $(((esp_last - esp_first + 1) * 512)) "$disk")"
  for point in "$root_first" "$boot_first"; do
    expect "file system at sector $point is clean" '^0$' "$(e2fsck -fn "$disk?offset=$((point * 512))" >/dev/null 2>&1; echo $?)"
  done
  mount_part "$disk" "$root_first" "$root_last" "$root"
  mount_part "$disk" "$boot_first" "$boot_last" "$root/boot"
  expect 'fstab: root' '^LABEL=cloudimg-rootfs / ext4 discard,commit=30,errors=remount-ro 0 1$' "$(<"$root/etc/fstab")"
  expect 'fstab: /boot' '^LABEL=BOOT /boot ext4 defaults 0 2$' "$(<"$root/etc/fstab")"
  expect 'fstab: ESP' '^LABEL=UEFI /boot/efi vfat umask=0077 0 1$' "$(<"$root/etc/fstab")"
  expect 'no user, root locked' '^root:[*!]+$' "$(awk -F: '$3 == 0 || $3 >= 1000 && $3 < 65534 { print $1 }' "$root/etc/passwd" |
    while read -r user; do awk -F: -v user="$user" '$1 == user { print $1 ":" $2 }' "$root/etc/shadow"; done | paste -sd ' ')"
  expect 'no host key, empty machine id' '^0 0$' "$(find "$root/etc/ssh" -name 'ssh_host_*' | wc -l) $(stat -c %s "$root/etc/machine-id")"
  expect 'no trace of an instance' '^0$' "$(find "$root"/var/lib/{cloud,apt/lists} -type f 2>/dev/null | wc -l)"
  expect 'apt sources in deb822' '^debian.sources$' "$(cd "$root/etc/apt" && find . -name '*.list' -o -name '*.sources' | sed 's|.*/||')"
  expect 'kernel entry' 'root=UUID=.* ro .*console=tty1 console=ttyS0$' "$(grep -m 1 -E '^\s+linux' "$root/boot/grub/grub.cfg")"
  umount "$root/boot" "$root"
  rm "$disk"
}

# Another version of the kernel from the distribution, as an upgrade in a layer would bring it. GRUB boots the newest there is, so the one
# that the image came with is removed. The kernel's own hook for GRUB does nothing here, since systemd 257 takes every process namespace of
# one's own for a container: whoever changes a kernel in such a chroot runs update-grub.
kernel() {
  local root=$work/root disk=$work/kernel.raw old new
  qemu-img convert -f qcow2 -O raw "$image" "$disk"
  mount_part "$disk" "$root_first" "$root_last" "$root"
  mount_part "$disk" "$boot_first" "$boot_last" "$root/boot"
  mount -t proc proc "$root/proc"
  mount -t tmpfs tmpfs "$root/run"
  mkdir -p "$root/run/systemd/resolve"
  cp /etc/resolv.conf "$root/run/systemd/resolve/stub-resolv.conf"
  make_nodes "$root"
  old=$(basename -- "$root"/lib/modules/*)
  chroot "$root" apt-get -qq update
  export DEBIAN_FRONTEND=noninteractive
  new=$(chroot "$root" apt-cache pkgnames linux-image-6 | sed -n 's/^linux-image-\(.*-cloud-amd64\)$/\1/p' | grep -vxF "$old" | sort -V | tail -n 1)
  expect 'the distribution has another kernel' '-cloud-amd64$' "$new"
  { chroot "$root" apt-get -qq -y install "linux-image-$new" && chroot "$root" apt-get -qq -y purge "linux-image-$old"; } \
    >"$work/apt.log" 2>&1 || { cat "$work/apt.log"; return 1; }
  chroot "$root" update-grub 2>/dev/null
  umount --recursive "$root/dev" "$root/run" "$root/proc" "$root/boot" "$root"
  overlay kernel "$disk" raw
  unseeded kernel "${new//+/\\+}" -drive "file=$work/kernel.qcow2,if=virtio,format=qcow2"
}

firmware() {
  cp /usr/share/OVMF/OVMF_VARS_4M.fd "$work/vars.fd"
}

scenario() {
  local version='[0-9].*-cloud-amd64'
  printf '%s\n' "$1"
  case $1 in
    content) content ;;
    bios) seeded bios BIOS -drive "file=$work/bios.qcow2,if=virtio,format=qcow2" -drive "file=$work/seed.iso,if=virtio,format=raw,readonly=on" ;;
    uefi)
      firmware
      seeded uefi UEFI -machine q35 -drive if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd \
        -drive "if=pflash,format=raw,file=$work/vars.fd" -device virtio-scsi-pci \
        -drive "file=$work/uefi.qcow2,if=none,id=disk,format=qcow2" -device scsi-hd,drive=disk \
        -drive "file=$work/seed.iso,if=none,id=seed,format=raw,readonly=on" -device scsi-cd,drive=seed
      ;;
    unseeded)
      overlay unseeded "$image"
      unseeded unseeded "$version" -machine q35 -drive "file=$work/unseeded.qcow2,if=none,id=disk,format=qcow2" -device ide-hd,drive=disk
      ;;
    ide)
      overlay ide "$image"
      unseeded ide "$version" -machine pc -drive "file=$work/ide.qcow2,if=ide,format=qcow2"
      ;;
    kernel) kernel ;;
    *) printf 'try: no scenario %s\n' "$1" >&2; return 2 ;;
  esac
}

main() {
  local name
  if [[ ${1:-} != --inside ]]; then
    (($# > 0)) || { printf 'usage: try.sh IMAGE [SCENARIO…]\n' >&2; exit 2; }
    [[ $EUID -eq 0 ]] || { printf 'try: run it as root\n' >&2; exit 3; }
    need qemu-system-x86_64:qemu-system-x86 qemu-img:qemu-utils xorriso:xorriso ssh-keygen:openssh-client sfdisk:fdisk
    [[ -r /usr/share/OVMF/OVMF_CODE_4M.fd ]] || { printf 'try: OVMF is missing: apt-get install ovmf\n' >&2; exit 3; }
    work=$(mktemp -d)
    trap 'rm -rf -- "$work"' EXIT
    # Machines, mounts and loop devices end with this namespace.
    setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc -- "$here/try.sh" --inside "$work" "$@"
    return
  fi
  work=$2 image=$(realpath -- "$3")
  shift 3
  (($# > 0)) || set -- content bios uefi unseeded ide kernel
  make_seed
  for name in "$@"; do scenario "$name"; done
  printf '%d passed, %d failed\n' "$passed" "$failed"
  ((failed == 0 && passed > 0))
}

main "$@"

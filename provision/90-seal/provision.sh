#!/bin/bash
# Seals the image: removes what two clones would share (fault 45), traces of the build (fault 46) and everything that
# belongs only to the builder (fault 24). What is removed is created again at first boot or not needed. Safe to run
# twice.
set -Eeuo pipefail
shopt -s nullglob dotglob

# The file stays but is empty: then systemd creates a new id without treating the boot as a factory reset, which would
# preset every unit.
identity_of_system() {
  : >/etc/machine-id
  if [[ -e /var/lib/dbus/machine-id && ! -L /var/lib/dbus/machine-id ]]; then
    ln -sfn /etc/machine-id /var/lib/dbus/machine-id
  fi
  rm -f /var/lib/systemd/{random-seed,credential.secret} /etc/hostid
  rm -f /etc/ssh/ssh_host_*
  rm -f /etc/iscsi/initiatorname.iscsi /etc/nvme/{hostid,hostnqn}
  rm -rf /var/lib/dhcp/* /var/lib/dhcpcd/* /var/lib/systemd/network/* /var/lib/NetworkManager/* /run/systemd/netif
  rm -rf /var/lib/systemd/{coredump,timers,timesync,pstore,linger}/*
  printf 'boxhound\n' >/etc/hostname
  sed -i '/^127\.0\.1\.1[[:space:]]/d' /etc/hosts
}

identity_of_packages() {
  # ssl-cert's snakeoil pair; make-ssl-cert creates a new one on demand.
  rm -f /etc/ssl/certs/ssl-cert-snakeoil.pem /etc/ssl/private/ssl-cert-snakeoil.key
  rm -f /var/lib/snapd/state.json
  rm -rf /var/lib/snapd/{assertions,device,cookie}/* /var/lib/ubuntu-advantage/* /var/lib/landscape/*
}

# What belongs to one instance of the database, including the integration's configuration with its password: path
# patterns from the engine's database.yaml, one per line.
identity_of_database() {
  local pattern IFS=
  local -a found
  while read -r pattern; do
    # shellcheck disable=SC2206 # the pattern has to expand
    found=($pattern)
    [[ ${#found[@]} -eq 0 ]] || rm -rf -- "${found[@]}"
  done </run/boxhound/layer/data/database-paths
}

# Removes what an earlier instance or an installer told cloud-init and what it wrote as a result. The list of clouds it
# looks for stays as the image's publisher chose. Not with --machine-id, which asks systemd for a factory reset, nor
# with --configs, which older versions of cloud-init don't have.
identity_of_cloud_init() {
  local cloud=/etc/cloud
  if command -v cloud-init >/dev/null; then
    cloud-init clean --logs --seed # runs the scripts of other packages in clean.d, too
  fi
  rm -rf /var/lib/cloud/* /var/log/cloud-init* /run/cloud-init
  rm -f "$cloud"/cloud-init.disabled "$cloud"/cloud.cfg.d/{99-installer*,90-installer-network,*subiquity-disable-cloudinit-networking,50-curtin-networking}.cfg
  rm -f /etc/netplan/50-cloud-init.yaml /etc/network/interfaces.d/50-cloud-init* /etc/systemd/network/10-cloud-init-*
  rm -f /etc/NetworkManager/system-connections/cloud-init-* /etc/NetworkManager/conf.d/{99-cloud-init,30-cloud-init-ip6-addr-gen-mode}.conf
  rm -f /etc/udev/rules.d/70-persistent-net.rules /etc/ssh/sshd_config.d/50-cloud-init.conf /etc/sudoers.d/90-cloud-init-users
}

# The Agent creates these when it starts (guide/agent-contract.md). Two machines that share them could impersonate each
# other.
identity_of_agent() {
  rm -f /etc/datadog-agent/{auth_token,ipc_cert.pem,install.json,environment}
  rm -rf /opt/datadog-agent/run/* /var/log/datadog/* /run/datadog /run/datadog-procmgrd /run/datadog-installer
  # Packages installed by Datadog's own installer keep state there as well: sockets, task databases, an instance's
  # environment. Folders and links stay, because the Agent itself is reached through them, and so does the package's
  # list of its Python packages.
  local state=/opt/datadog-packages/run
  [[ ! -d $state ]] || find "$state" ! -type d ! -type l ! -name '.*_python_installed_packages.txt' -delete
  rm -rf /opt/datadog-packages/tmp/*
}

# Containers of an earlier boot, and images that someone pulled. Those of the box are in /usr/lib/boxhound/images.
identity_of_containers() {
  rm -rf /var/lib/containers/* /var/lib/cni/*
}

# Anything that lets someone log in, and first boot's own record of an earlier boot.
access() {
  rm -f /root/.ssh/* /home/*/.ssh/authorized_keys /etc/boxhound/seed.env
  rm -rf /var/lib/boxhound
  usermod --lock root
}

# Removes files and keeps folders with their owners: packages created them and daemons expect them.
traces() {
  local file
  # Login records are emptied, not removed: the programs that write them don't create them.
  for file in /var/log/{wtmp,btmp,lastlog}; do
    [[ ! -e $file ]] || : >"$file"
  done
  find /var/log -type f ! -name wtmp ! -name btmp ! -name lastlog -delete
  rm -rf /var/log/journal/*
  rm -f /var/lib/wtmpdb/* /var/lib/lastlog/*
  rm -f /root/.*_history /root/.{lesshst,viminfo,wget-hsts} /home/*/.*_history
  rm -rf /root/.{cache,config,gnupg,npm,local,pip} /home/*/.cache
  rm -rf /tmp/* /var/tmp/*
  rm -rf /var/lib/logrotate/status /var/lib/systemd/rfkill/* /var/cache/{man,ldconfig,fontconfig,private}
  rm -f /etc/{passwd,group,shadow,gshadow,subuid,subgid}-
  rm -f /var/backups/* /etc/.pwd.lock /core /root/.rnd
}

# The builder's resolver and proxies (fault 46).
network() {
  if [[ ! -L /etc/resolv.conf ]] && ! mountpoint -q /etc/resolv.conf; then
    ln -sf ../run/systemd/resolve/stub-resolv.conf /etc/resolv.conf
  fi
  # systemd-resolved's package keeps a backup of the file that it replaced.
  rm -f /etc/.resolv.conf.systemd-resolved.bak
  sed -i -E '/^(http|https|ftp|no|all)_proxy=/Id' /etc/environment
  rm -f /etc/pip.conf
  local -a own=(/usr/local/share/ca-certificates/*)
  if [[ ${#own[@]} -gt 0 ]]; then
    rm -rf "${own[@]}"
    update-ca-certificates --fresh >/dev/null
  fi
}

# If /usr is newer than these marks, systemd assumes an update and rebuilds the linker cache and the like at first boot.
nothing_to_update() {
  touch --reference=/usr /etc/.updated /var/.updated
}

main() {
  # seal_packages, by the family of this system.
  # shellcheck source-path=SCRIPTDIR source=../_engine/apt/seal.sh
  . /run/boxhound/layer/seal.sh
  access
  identity_of_system
  identity_of_packages
  identity_of_database
  identity_of_cloud_init
  identity_of_agent
  identity_of_containers
  seal_packages
  network
  traces
  nothing_to_update
}

main

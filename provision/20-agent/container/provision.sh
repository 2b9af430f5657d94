#!/bin/bash
# The Agent's user and folders on the host, and its image in a store that containers only read.
set -Eeuo pipefail

readonly staged=/run/boxhound/layer/images/agent
readonly store=/usr/lib/boxhound/images
readonly records=/usr/lib/boxhound/images.d

make_user() {
  systemd-sysusers /usr/lib/sysusers.d/datadog-agent.conf
  install -d -o dd-agent -g dd-agent -m 0755 /etc/datadog-agent /etc/datadog-agent/{conf.d,checks.d} /opt/datadog-agent
  systemd-tmpfiles --create /usr/lib/tmpfiles.d/datadog-agent.conf
}

# The bake has no right to mount anything, which podman wants for overlayfs; to unpack layers it need not. A program
# that mounts for it is named and never run.
unpack() {
  local -a options=(
    --root "$store" --runroot /run/boxhound-images --storage-driver overlay
    --storage-opt overlay.mount_program=/bin/true --storage-opt overlay.skip_mount_home=true
    --cgroup-manager cgroupfs --events-backend none
  )
  # It would start itself again in a user namespace, which is closed to it as well.
  export _CONTAINERS_USERNS_CONFIGURED='done' _CONTAINERS_ROOTLESS_UID=0 PODMAN_IGNORE_CGROUPSV1_WARNING=1
  rm -rf "$store"
  install -d -m 0755 "$store" "$records"
  podman "${options[@]}" pull --quiet "oci:$staged"
  name_it
  # The state of an engine, which belongs to the place where containers are made.
  rm -rf "$store"/{db.sql,libpod,volumes,userns.lock} /run/boxhound-images
  # That no mount helper is needed to read it.
  rm -f "$store/overlay/.has-mount-program"
  cp --no-preserve=all -- "$staged.json" "$records/agent.json"
}

# `podman tag` needs more than it finds here (5.4 crashes).
name_it() {
  python3 -I - "$store/overlay-images/images.json" /run/boxhound/layer/data/agent-image <<'PYTHON'
import json
import sys

path, name = sys.argv[1:]
with open(path, encoding='utf-8') as stream:
    [image] = json.load(stream)
with open(name, encoding='utf-8') as stream:
    image['names'] = [stream.read().strip()]
with open(path, 'w', encoding='utf-8') as stream:
    json.dump([image], stream)
PYTHON
}

# What the image keeps under /etc/datadog-agent, such as the configuration of checks that are on by default: the host's
# folder is mounted over it. Files of the box win. A whiteout is no file.
configuration() {
  local layer
  while read -r layer; do
    [[ -d $store/overlay/$layer/diff/etc/datadog-agent ]] || continue
    (cd "$store/overlay/$layer/diff/etc/datadog-agent" && find . -type f -print0 | tar --null --files-from=- -cf -) |
      tar -C /etc/datadog-agent --skip-old-files --no-same-owner -xf -
  done < <(layers)
  chown -R dd-agent:dd-agent /etc/datadog-agent
  chmod 0640 /etc/datadog-agent/datadog.yaml
  rm -f /etc/datadog-agent/{auth_token,ipc_cert.pem,install.json}
}

# Names of the unpacked layers, from the top: what a higher one has is not replaced by a lower one.
layers() {
  python3 -I - "$store" <<'PYTHON'
import json
import sys

with open(f'{sys.argv[1]}/overlay-layers/layers.json', encoding='utf-8') as stream:
    layers = {layer['id']: layer.get('parent', '') for layer in json.load(stream)}
with open(f'{sys.argv[1]}/overlay-images/images.json', encoding='utf-8') as stream:
    current = json.load(stream)[0]['layer']
while current:
    print(current)
    current = layers[current]
PYTHON
}

main() {
  make_user
  unpack
  configuration
}

main

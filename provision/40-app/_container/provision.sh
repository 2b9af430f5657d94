#!/usr/bin/env bash
# Moves the app into the image of its container, in the store that containers only read.
set -Eeuo pipefail

readonly staged=/run/boxhound/layer/images/app
readonly data=/run/boxhound/layer/data
readonly store=/usr/lib/boxhound/images
readonly records=/usr/lib/boxhound/images.d

# The environment was made with this machine's Python and names it by its path.
require_python() {
  local -r version=$1
  compgen -G "$store/overlay/*/diff/usr/bin/python$version" >/dev/null || {
    printf 'app.image has no /usr/bin/python%s, which the environment of the app was made with\n' "$version" >&2
    return 1
  }
}

# The bake has no right to mount anything, which podman wants for overlayfs; to unpack layers it need not. A program
# that mounts for it is named and never run.
unpack() {
  local -r layout=$1
  local -ra options=(
    --root "$store" --runroot /run/boxhound-images --storage-driver overlay
    --storage-opt overlay.mount_program=/bin/true --storage-opt overlay.skip_mount_home=true
    --cgroup-manager cgroupfs --events-backend none
  )
  # It would start itself again in a user namespace, which is closed to it as well.
  export _CONTAINERS_USERNS_CONFIGURED='done' _CONTAINERS_ROOTLESS_UID=0 PODMAN_IGNORE_CGROUPSV1_WARNING=1
  install -d -m 0755 "$store" "$records"
  podman "${options[@]}" pull --quiet "oci:$layout"
  # The state of an engine, which belongs to the place where containers are made.
  rm -rf "$store"/{db.sql,libpod,volumes,userns.lock} /run/boxhound-images
  # No mount helper is needed to read it.
  rm -f "$store/overlay/.has-mount-program"
}

# Names the image, and records what it is. `podman tag` needs more than it finds here.
name_it() {
  python3 -I - "$store/overlay-images/images.json" "$1" "$staged.json" "$records/app.json" "$data/app-image" <<'PYTHON'
import json
import sys

path, digest, facts, record, name = sys.argv[1:]
with open(path, encoding='utf-8') as stream:
    images = json.load(stream)
with open(name, encoding='utf-8') as stream:
    own = stream.read().strip()
for image in images:
    # A run before this one may have left another image under the name.
    image['names'] = [own] if image['digest'] == digest else [one for one in image.get('names', []) if one != own]
if not any(own in image['names'] for image in images):
    raise SystemExit(f'the store has no image {digest}')
with open(path, 'w', encoding='utf-8') as stream:
    json.dump(images, stream)
with open(facts, encoding='utf-8') as stream:
    below = json.load(stream)
with open(record, 'w', encoding='utf-8') as stream:
    json.dump({'name': 'app', 'digest': digest, 'reference': below['reference'], 'base': below['digest']}, stream)
PYTHON
}

main() {
  local work digest
  local -a paths=()
  mapfile -t paths < <(grep . "$data/app-paths")
  work=$(mktemp -d /var/tmp/app-image.XXXXXX)
  # shellcheck disable=SC2064 # expand now: the variable is gone when the trap runs
  trap "rm -rf '$work'" EXIT
  digest=$(python3 -I "$data/append_layer.py" "$staged" "$work/layout" "${paths[@]}")
  unpack "$work/layout"
  name_it "$digest"
  require_python "$(<"$data/app-python")"
  rm -rf -- "${paths[@]}"
}

main

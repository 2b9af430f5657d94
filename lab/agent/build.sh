#!/usr/bin/env bash
# Builds the lab Agent's package in each version of versions.txt: build.sh OUT_DIR [VERSION…]
#
# Prints the paths of the .deb files; the first version's comes last. The same sources give the same file. Downloaded
# wheels are kept in $BOXHOUND_WHEELS, in one folder per lock file, and their hashes are verified at every build.
set -Eeuo pipefail
# Ignore the caller's shell settings: BASH_ENV, functions, CDPATH (bash(1), -p).
[[ $- == *p* ]] || exec bash -p -- "$0" "$@"
umask 022

readonly PYTHON=3.13
readonly PLATFORMS=(manylinux_2_28_x86_64 manylinux_2_17_x86_64 manylinux2014_x86_64)

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly HERE

die() {
  printf 'lab/agent/build.sh: %s\n' "$1" >&2
  exit "${2:-1}"
}

pip_quietly() {
  PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore python3 -m pip "$@"
}

for_guest() {
  local platform
  printf '%s\n' --only-binary :all: --no-deps --require-hashes --implementation cp --python-version "$PYTHON"
  for platform in "${PLATFORMS[@]}"; do printf '%s\n' --platform "$platform"; done
}

# Downloads the wheels once per lock file. If two builds download at once, the first to finish provides the folder.
fetch_wheels() {
  local store=$1 requirements=$2 digest folder temporary options
  digest=$(sha256sum "$requirements" | cut -c1-64)
  folder=$store/agent-$PYTHON-$digest
  if [[ ! -d $folder ]]; then
    mkdir -p "$store"
    # A bake provides a folder on the same file system, which its next run cleans up if this one is killed.
    temporary=$(mktemp -d "${BOXHOUND_SCRATCH:-$store}/.agent-XXXXXX")
    mapfile -t options < <(for_guest)
    if ! pip_quietly download --quiet "${options[@]}" --dest "$temporary" --requirement "$requirements" >&2; then
      rm -rf "$temporary"
      die 'the wheels of lab/agent/requirements.txt could not be downloaded'
    fi
    mv -T "$temporary" "$folder" 2>/dev/null || rm -rf "$temporary"
  fi
  printf '%s\n' "$folder"
}

# Unpacks the wheels, except what the lab Agent never loads.
install_wheels() {
  local wheels=$1 site=$2 options
  mapfile -t options < <(for_guest)
  pip_quietly install --quiet --no-index --find-links "$wheels" --no-compile "${options[@]}" \
    --target "$site" --requirement "$HERE/requirements.txt" >&2
  rm -rf "${site:?}/bin" "$site/lapdog" "$site/pycparser" "$site/ddapm_test_agent/static" \
    "$site/ddapm_test_agent/templates" "$site/datadog_checks/base/checks/win" "$site"/pycparser-*
  find "$site" -depth -type d \( -name tests -o -name test -o -name __pycache__ \) -exec rm -rf {} +
  # C sources and headers of the compiled modules.
  find "$site" -type f \( -name '*.c' -o -name '*.h' -o -name '*.pyx' -o -name '*.pxd' -o -name '*.pxi' \) -delete
}

# In KiB, with half as much added for the modules that postinst compiles.
installed_size() {
  find "$1/opt" -type f -printf '%s\n' | awk '{ total += $1 } END { printf "%d", total * 1.5 / 1024 }'
}

stage() {
  local tree=$1 wheels=$2 site=$1/opt/datadog-agent/embedded/lib/python$PYTHON/site-packages name
  mkdir -p "$site" "$tree/DEBIAN" "$tree/usr/bin" "$tree/var/log/datadog" "$tree/opt/datadog-agent/run" \
    "$tree/etc/datadog-agent/conf.d" "$tree/etc/datadog-agent/checks.d" "$tree/usr/lib/systemd/system"
  install_wheels "$wheels" "$site"
  cp -rT "$HERE/src/lab_agent" "$site/lab_agent"
  cp -rT "$HERE/src/lab_agent_builtins" "$site/lab_agent_builtins"
  for name in mysql postgres mongo http_check nginx disk uptime container; do
    cp -rT "$HERE/src/datadog_checks/$name" "$site/datadog_checks/$name"
  done
  find "$site" -depth -type d -name __pycache__ -exec rm -rf {} +
  install -D -m 0755 "$HERE/bin/agent" "$tree/opt/datadog-agent/bin/agent/agent"
  ln -s /opt/datadog-agent/bin/agent/agent "$tree/usr/bin/datadog-agent"
  # Like the real package, has an interpreter with the Agent's embedded packages: the system's, which finds them through
  # the file beside it.
  install -D -m 0644 "$HERE/debian/pyvenv.cfg" "$tree/opt/datadog-agent/embedded/pyvenv.cfg"
  mkdir "$tree/opt/datadog-agent/embedded/bin"
  ln -s /usr/bin/python3 "$tree/opt/datadog-agent/embedded/bin/python3"
  install -m 0755 "$HERE/bin/secret-generic-connector" "$tree/opt/datadog-agent/embedded/bin/"
  install -m 0644 "$HERE"/debian/*.service "$tree/usr/lib/systemd/system/"
  install -m 0644 "$HERE/debian/datadog.yaml.example" "$tree/etc/datadog-agent/"
  for name in mysql postgres mongo http_check; do
    install -D -m 0644 "$HERE/debian/$name.yaml.example" "$tree/etc/datadog-agent/conf.d/$name.d/conf.yaml.example"
  done
  for name in disk uptime; do
    install -D -m 0644 "$HERE/debian/default.yaml" "$tree/etc/datadog-agent/conf.d/$name.d/conf.yaml.default"
  done
  install -m 0644 "$HERE/debian/control" "$tree/DEBIAN/control"
  for name in preinst postinst prerm postrm; do install -m 0755 "$HERE/debian/$name" "$tree/DEBIAN/$name"; done
  printf 'Installed-Size: %d\n' "$(installed_size "$tree")" >>"$tree/DEBIAN/control"
  chmod -R u=rwX,go=rX "$tree"
}

# The versions differ only in their number.
stamp() {
  local tree=$1 version=$2 source=$1/opt/datadog-agent/embedded/lib/python$PYTHON/site-packages/lab_agent/__init__.py
  sed -i "s/^Version: .*/Version: 1:$version-1/" "$tree/DEBIAN/control"
  sed -i "s/^VERSION = .*/VERSION = '$version'/" "$source"
}

# Clamps all timestamps, so that two builds of the same sources give the same file.
pack() {
  local tree=$1 deb=$2
  find "$tree" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
  # Served on loopback and unpacked once, so speed matters more than size.
  dpkg-deb --root-owner-group -Zzstd -z1 --build "$tree" "$work/package.deb" >/dev/null
  mv "$work/package.deb" "$deb.tmp"
  mv "$deb.tmp" "$deb"
  printf '%s\n' "$deb"
}

main() {
  [[ $# -ge 1 ]] || die 'usage: build.sh OUT_DIR [VERSION…]' 2
  command -v dpkg-deb >/dev/null || die 'dpkg-deb is missing: apt-get install dpkg-dev' 3
  python3 -m pip --version >/dev/null 2>&1 || die 'pip is missing: apt-get install python3-pip' 3
  local out=$1 store=${BOXHOUND_WHEELS:-${XDG_CACHE_HOME:-$HOME/.cache}/boxhound/wheels} wheels index version
  local -a versions
  shift
  mapfile -t versions < <(if [[ $# -gt 0 ]]; then printf '%s\n' "$@"; else grep -v '^#' "$HERE/versions.txt"; fi)
  for version in "${versions[@]}"; do
    [[ $version =~ ^7\.[0-9]+\.[0-9]+\+lab$ ]] || die "no version of the lab Agent: $version" 2
  done
  mkdir -p "$out"
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  wheels=$(fetch_wheels "$store" "$HERE/requirements.txt")
  stage "$work/tree" "$wheels"
  export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-1767225600}
  for ((index = ${#versions[@]} - 1; index >= 0; index--)); do
    stamp "$work/tree" "${versions[index]}"
    pack "$work/tree" "$out/datadog-agent_${versions[index]}-1_amd64.deb"
  done
}

main "$@"

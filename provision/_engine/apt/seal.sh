#!/usr/bin/env bash
# Removes what apt, dpkg and debconf leave behind and no image may contain. Sourced by the seal
# (provision/90-seal/provision.sh), never run.

# apt as Debian ships it: sources from apt's own example; no proxy, mirror certificate or lists.
seal_packages() {
  local example=/usr/share/doc/apt/examples/debian.sources
  rm -f /usr/sbin/policy-rc.d /etc/apt/sources.list.d/boxhound-bake-* /etc/apt/preferences.d/boxhound-bake-*
  rm -f /etc/apt/apt.conf.d/*prox* /etc/apt/apt.conf.d/99mmdebstrap /etc/apt/auth.conf /etc/apt/auth.conf.d/*
  rm -f /var/cache/apt/*.bin
  if grep -qx 'ID=debian' /etc/os-release && [[ -r $example ]]; then
    rm -f /etc/apt/sources.list
    # Only the example's free component, which the lab base was built from.
    sed 's/^Components:.*/Components: main/' "$example" >/etc/apt/sources.list.d/debian.sources
  fi
  rm -f /var/lib/dpkg/*-old /var/cache/debconf/*-old
  find /etc /var/lib/dpkg -type f \( -name '*.dpkg-old' -o -name '*.dpkg-dist' -o -name '*.dpkg-new' -o -name '*.ucf-old' \) -delete
  # In a chroot bake lists and archives are bind mounts; on a booted machine they are in the image.
  find /var/lib/apt/lists /var/cache/apt/archives -mindepth 1 -type f -delete 2>/dev/null || true
}

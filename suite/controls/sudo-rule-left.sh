#!/usr/bin/env bash
# Breaks: The build user's sudo rule was left behind.
# Red: image.users
# Needs: -
set -Eeuo pipefail

install -d /etc/sudoers.d
echo 'packer ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/90-packer

#!/usr/bin/env bash
# Breaks: The build user was left behind.
# Red: image.users
# Needs: -
set -Eeuo pipefail

echo 'packer:x:1000:1000::/home/packer:/bin/bash' >>/etc/passwd

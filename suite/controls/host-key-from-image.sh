#!/usr/bin/env bash
# Breaks: A host key is older than the instance, as one from the image would be.
# Red: image.identity
# Needs: -
set -Eeuo pipefail

touch -d '3 days ago' /etc/ssh/ssh_host_ed25519_key

#!/usr/bin/env bash
# Breaks: A private key of the build was left behind.
# Red: image.secrets
# Needs: -
set -Eeuo pipefail

printf -- '-----BEGIN %s PRIVATE KEY-----\n%s\n' OPENSSH b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAE >/root/left.pem

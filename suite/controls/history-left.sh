#!/usr/bin/env bash
# Breaks: The build's shell history was left behind.
# Red: image.secrets
# Needs: -
set -Eeuo pipefail

echo 'apt-get install something' >/root/.bash_history

#!/usr/bin/env bash
# Breaks: a group has lost a member
# Red: expect.log-group
# Needs: -
set -Eeuo pipefail

gpasswd --delete dd-agent web-log >/dev/null

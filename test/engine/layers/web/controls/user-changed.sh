#!/usr/bin/env bash
# Breaks: a user has left a group
# Red: expect.goss-user-web-sync expect.sync-user
# Needs: -
set -Eeuo pipefail

gpasswd --delete web-sync web-log >/dev/null

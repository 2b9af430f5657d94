#!/usr/bin/env bash
# Breaks: something listens on a port that must be silent
# Red: expect.no-default-site
# Needs: -
set -Eeuo pipefail

systemd-run --quiet python3 -m http.server 80
until (exec 3<>/dev/tcp/127.0.0.1/80) 2>/dev/null; do sleep 0.1; done

#!/usr/bin/env bash
# Breaks: A line of the app's log is not JSON.
# Red: app.logs
# Needs: -
set -Eeuo pipefail

echo 'Traceback (most recent call last):' >>/var/log/trial-app/app.log

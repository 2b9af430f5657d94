#!/usr/bin/env bash
# Breaks: nginx may not open the socket of the app, and answers by itself.
# Red: app.routes app.traces app.logs
# Needs: -
set -Eeuo pipefail

chmod 0600 /run/trial-app/uwsgi.sock

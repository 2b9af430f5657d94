#!/usr/bin/env bash
# Breaks: The web server has stopped.
# Red: check.nginx check.http_check
# Needs: check.nginx check.http_check
set -Eeuo pipefail

systemctl stop nginx.service

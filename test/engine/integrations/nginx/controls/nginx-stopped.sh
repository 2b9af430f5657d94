#!/usr/bin/env bash
# Breaks: The web server has stopped, and no unit of the log source is left to write an entry from.
# Red: check.nginx check.http_check logs.units
# Needs: check.nginx check.http_check logs.journald
set -Eeuo pipefail

systemctl stop nginx.service

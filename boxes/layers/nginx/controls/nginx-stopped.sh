#!/usr/bin/env bash
# Breaks: nginx is stopped
# Red: check.http_check check.nginx logs.units expect.nginx expect.nginx-workers expect.only-local expect.shop
# Needs: -
set -Eeuo pipefail

systemctl stop nginx.service

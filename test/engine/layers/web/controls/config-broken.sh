#!/usr/bin/env bash
# Breaks: the configuration of the web server is not valid
# Red: expect.config
# Needs: -
set -Eeuo pipefail

printf 'no such directive;\n' >/etc/nginx/conf.d/broken.conf

#!/usr/bin/env bash
# Breaks: the site says something else
# Red: check.http_check expect.shop
# Needs: -
set -Eeuo pipefail

printf 'closed\n' >/srv/shop/index.html

#!/usr/bin/env bash
# Breaks: a file has another mode
# Red: expect.goss-file-srv-web-index-html expect.index
# Needs: -
set -Eeuo pipefail

chmod 0600 /srv/web/index.html && chmod o+r /srv/web/index.html

#!/usr/bin/env bash
# Breaks: the web server answers with something else
# Red: expect.site
# Needs: -
set -Eeuo pipefail

sed -i 's/served/served no more/; s/by a layer//' /srv/web/index.html

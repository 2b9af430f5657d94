#!/bin/bash
# Closes the welcome page of the package, which listens on every address.
set -Eeuo pipefail

rm -f /etc/nginx/sites-enabled/default
nginx -t -q

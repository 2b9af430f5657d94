#!/usr/bin/env bash
# Breaks: the web server is stopped
# Red: expect.goss-port-tcp-8081 expect.goss-service-nginx expect.nginx expect.other-sites expect.port-of-site expect.site expect.workers
# Needs: -
set -Eeuo pipefail

systemctl stop nginx.service

#!/usr/bin/env bash
# Creates the folder of nginx's log and removes the default site. Finds a broken server now instead of at first boot.
set -Eeuo pipefail

main() {
  systemd-tmpfiles --create /usr/lib/tmpfiles.d/trial-web.conf
  # The service only reads /etc/nginx/trial-app.conf. This keeps the welcome page closed even if nginx is started by hand.
  rm -f /etc/nginx/sites-enabled/default
  /opt/trial-app/venv/bin/uwsgi --version >/dev/null
  /usr/sbin/nginx -v 2>/dev/null
}

main

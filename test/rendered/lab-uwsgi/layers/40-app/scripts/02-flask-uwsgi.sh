#!/usr/bin/env bash
# The folder of nginx's log, and no default site. Tells a broken server now instead of at the first boot.
set -Eeuo pipefail

main() {
  systemd-tmpfiles --create /usr/lib/tmpfiles.d/trial-web.conf
  # The service reads /etc/nginx/trial-app.conf alone. Nobody who starts nginx by hand shall open the package's welcome page either.
  rm -f /etc/nginx/sites-enabled/default
  /opt/trial-app/venv/bin/uwsgi --version >/dev/null
  /usr/sbin/nginx -v 2>/dev/null
}

main

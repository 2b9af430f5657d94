#!/usr/bin/env bash
# Breaks: A route answers with a different body.
# Red: app.routes
# Needs: -
set -Eeuo pipefail

edit=(sed -i 's/Posting Traces/Posting nothing/' /opt/trial-app/app.py)
# The server starts its workers anew on this signal.
if [[ -e /usr/lib/boxhound/app-container ]]; then
  podman exec --user=0 trial-app "${edit[@]}"
  podman kill --signal=HUP trial-app
else
  "${edit[@]}"
  systemctl kill --kill-whom=main --signal=HUP trial-app.service
fi
for _ in $(seq 60); do
  if (exec 3<>/dev/tcp/127.0.0.1/5050; printf 'GET /api/trace HTTP/1.0\r\n\r\n' >&3; grep -q nothing <&3); then exit 0; fi
  sleep 0.5
done
exit 1

#!/usr/bin/env bash
# Breaks: The app is no longer traced, and a foreign trace arrives; its log has older records with trace ids.
# Red: app.traces app.logs
# Needs: -
set -Eeuo pipefail

mkdir -p /etc/systemd/system/trial-app.service.d
printf '[Service]\nEnvironment=DD_TRACE_ENABLED=false\n' >/etc/systemd/system/trial-app.service.d/90-control.conf
systemctl daemon-reload
systemctl restart trial-app.service
for _ in $(seq 60); do
  if (exec 3<>/dev/tcp/127.0.0.1/5050) 2>/dev/null; then break; fi
  sleep 1
done
grep -q '"dd.trace_id": *"[0-9a-f]\{32\}"' /var/log/trial-app/app.log

python3 - <<'PYTHON'
import http.client
import json
import time

span = {'trace_id': 7, 'span_id': 8, 'parent_id': 0, 'name': 'web.request', 'service': 'somebody-else', 'resource': 'GET /'}
span |= {'type': 'web', 'start': time.time_ns(), 'duration': 1000, 'error': 0, 'meta': {}, 'metrics': {}}
headers = {'Content-Type': 'application/json', 'X-Datadog-Trace-Count': '1', 'Datadog-Meta-Lang': 'python'}
connection = http.client.HTTPConnection('127.0.0.1', 8126, timeout=60)
connection.request('PUT', '/v0.4/traces', json.dumps([[span]]), headers)
answer = connection.getresponse()
if answer.status != 200:
    raise SystemExit(f'the foreign trace was answered by {answer.status}')
PYTHON

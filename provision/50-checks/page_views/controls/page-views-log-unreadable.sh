#!/usr/bin/env bash
# Breaks: dd-agent may not read the log that page_views counts.
# Red: check.page_views
# Needs: -
set -Eeuo pipefail

install --mode=0600 /dev/null /var/log/page-views-control.log
sed -i 's|^\( *-* *path:\).*|\1 /var/log/page-views-control.log|' /etc/datadog-agent/conf.d/page_views.d/conf.yaml

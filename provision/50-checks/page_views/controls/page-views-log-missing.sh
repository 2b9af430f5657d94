#!/usr/bin/env bash
# Breaks: The log that page_views counts is not there.
# Red: check.page_views
# Needs: -
set -Eeuo pipefail

sed -i 's|^\( *-* *path:\).*|\1 /var/log/nothing-of-this-name.log|' /etc/datadog-agent/conf.d/page_views.d/conf.yaml

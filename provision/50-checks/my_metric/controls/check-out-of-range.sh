#!/usr/bin/env bash
# Breaks: The check sends values outside its bounds.
# Red: check.my_metric
# Needs: -
set -Eeuo pipefail

sed -i 's/^\( *-\{0,1\} *min:\).*/\1 5000/; s/^\( *-\{0,1\} *max:\).*/\1 6000/' /etc/datadog-agent/conf.d/my_metric.d/conf.yaml

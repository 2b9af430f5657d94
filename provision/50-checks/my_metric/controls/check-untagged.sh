#!/usr/bin/env bash
# Breaks: The check's metrics carry another tag.
# Red: check.my_metric
# Needs: -
set -Eeuo pipefail

sed -i 's/check:my_metric/check:other/' /etc/datadog-agent/conf.d/my_metric.d/conf.yaml

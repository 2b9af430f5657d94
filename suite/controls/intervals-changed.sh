#!/usr/bin/env bash
# Breaks: The Agent runs both checks at other intervals than the box file's.
# Red: check.my_metric.interval check.mysql.interval
# Needs: check.my_metric database
set -Eeuo pipefail

cd /etc/datadog-agent/conf.d
sed -i 's/min_collection_interval: .*/min_collection_interval: 20/' my_metric.d/conf.yaml
sed -i '/min_collection_interval/d; s/^\( *\)username:/\1min_collection_interval: 20\n\1username:/' mysql.d/conf.yaml
grep -q 'min_collection_interval: 20' mysql.d/conf.yaml
restart_agent

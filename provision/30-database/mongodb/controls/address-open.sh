#!/usr/bin/env bash
# Breaks: The server listens on all addresses.
# Red: database.grants
# Needs: -
set -Eeuo pipefail

sed -i 's/^\( *\)bindIp: .*/\1bindIp: 0.0.0.0/' /etc/mongod.conf
grep -q 'bindIp: 0\.0\.0\.0' /etc/mongod.conf
systemctl restart mongod.service

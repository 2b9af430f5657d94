#!/usr/bin/env bash
# Breaks: Anyone who reaches the server may do everything, without a login.
# Red: database.grants
# Needs: -
set -Eeuo pipefail

sed -i 's/^\( *\)authorization: .*/\1authorization: disabled/' /etc/mongod.conf
grep -q 'authorization: disabled' /etc/mongod.conf
systemctl restart mongod.service

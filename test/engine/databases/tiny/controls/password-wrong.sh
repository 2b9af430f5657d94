#!/usr/bin/env bash
# Breaks: The server knows another password than the Agent's check.
# Red: check.tiny database.running database.grants
# Needs: -
set -Eeuo pipefail

sed -i 's/"password": "[^"]*"/"password": "another-one"/' /var/lib/tiny/users.json

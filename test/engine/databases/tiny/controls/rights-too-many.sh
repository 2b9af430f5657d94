#!/usr/bin/env bash
# Breaks: The Agent's user may write.
# Red: database.grants
# Needs: -
set -Eeuo pipefail

sed -i 's/\["read"\]/["read", "write"]/' /var/lib/tiny/users.json

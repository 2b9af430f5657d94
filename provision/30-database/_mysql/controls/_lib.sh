#!/usr/bin/env bash
# Put in front of every control of this engine.
set -Eeuo pipefail

# Runs SQL as the database's administrator, over the local socket.
sql() { /usr/lib/boxhound/database-admin; }

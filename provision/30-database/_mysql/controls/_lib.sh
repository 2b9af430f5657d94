#!/usr/bin/env bash
# Prepended to every control of this engine.
set -Eeuo pipefail

# Runs SQL as the database administrator, over the local socket.
sql() { /usr/lib/boxhound/database-admin; }

#!/usr/bin/env bash
# Prepended to every control of this engine.
set -Eeuo pipefail

# Runs commands as the database's administrator.
mongo() { /usr/lib/boxhound/database-admin >/dev/null; }

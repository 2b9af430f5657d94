#!/usr/bin/env bash
# Breaks: Others may run the program that resolves the Agent's secrets, so that the Agent would not start it.
# Red: agent.secrets
# Needs: secret-program no-checks
set -Eeuo pipefail

chmod 0555 /usr/lib/boxhound/secret-backend

#!/usr/bin/env bash
# Breaks: clusterMonitor is revoked, so the Agent's user can't read the server's state.
# Red: check.mongo database.grants
# Needs: -
set -Eeuo pipefail

mongo <<<'admin {"revokeRolesFromUser": "datadog", "roles": ["clusterMonitor"]}'

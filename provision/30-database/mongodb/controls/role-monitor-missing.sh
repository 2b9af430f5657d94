#!/usr/bin/env bash
# Breaks: clusterMonitor is revoked: the server refuses its state to the Agent's user.
# Red: check.mongo database.grants
# Needs: -
set -Eeuo pipefail

mongo <<<'admin {"revokeRolesFromUser": "datadog", "roles": ["clusterMonitor"]}'

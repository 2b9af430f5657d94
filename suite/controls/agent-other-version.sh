#!/usr/bin/env bash
# Breaks: The package database lists a different Agent version than the pinned one.
# Red: agent.version
# Needs: package
set -Eeuo pipefail

sed -i '/^Package: datadog-agent$/,/^$/ s/^Version: .*/Version: 1:7.0.0-1/' /var/lib/dpkg/status

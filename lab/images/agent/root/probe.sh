#!/bin/sh
# The container's health check.
exec /opt/datadog-agent/bin/agent/agent health

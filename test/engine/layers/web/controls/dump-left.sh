#!/usr/bin/env bash
# Breaks: a file is there that must not be
# Red: expect.no-dumps
# Needs: -
set -Eeuo pipefail

touch /srv/web/dump.sql

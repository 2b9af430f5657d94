#!/usr/bin/env bash
# Breaks: The server listens to the world.
# Red: database.grants
# Needs: -
set -Eeuo pipefail

mkdir -p /etc/systemd/system/tinyd.service.d
printf '[Service]\nEnvironment=TINY_ADDRESS=0.0.0.0\n' >/etc/systemd/system/tinyd.service.d/control.conf
systemctl daemon-reload
systemctl restart tinyd.service
sleep 1

#!/usr/bin/env bash
# Breaks: a package has another version
# Red: expect.nginx-package
# Needs: -
set -Eeuo pipefail

sed -i '/^Package: nginx$/,/^$/s/^Version: .*/Version: 99.0-1/' /var/lib/dpkg/status

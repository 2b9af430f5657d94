#!/usr/bin/env bash
# Breaks: a package is installed that must not be
# Red: expect.no-apache
# Needs: -
set -Eeuo pipefail

printf '\nPackage: apache2\nStatus: install ok installed\nVersion: 2.4-1\nArchitecture: all\nMaintainer: nobody\nDescription: not there\n' >>/var/lib/dpkg/status

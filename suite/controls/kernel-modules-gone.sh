#!/usr/bin/env bash
# Breaks: the running kernel’s list of modules is gone, as after an upgrade that removed the kernel that still boots
# Red: image.kernel
# Needs: kernel
set -Eeuo pipefail

rm "/lib/modules/$(uname -r)/modules.dep"

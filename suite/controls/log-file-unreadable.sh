#!/usr/bin/env bash
# Breaks: dd-agent may not read the files of the log source {check}.
# Red: logs.{check}
# Needs: -
# Each: log-file
set -Eeuo pipefail

# Neither by an access control list nor by the mode.
: >/usr/lib/tmpfiles.d/boxhound-logs.conf
python3 - "/etc/datadog-agent/conf.d/boxhound_{check}.d/conf.yaml" <<'PYTHON'
import contextlib, glob, os, re, sys

path = re.search(r'^ +(?:- )?path: "(.*)"', open(sys.argv[1]).read(), re.M)[1]
for name in {os.path.dirname(path), *glob.glob(path)}:
    for kind in ('access', 'default'):
        with contextlib.suppress(OSError):
            os.removexattr(name, f'system.posix_acl_{kind}')
    if os.path.isfile(name):
        os.chmod(name, 0o600)
PYTHON
restart_agent

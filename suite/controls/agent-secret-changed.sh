#!/usr/bin/env bash
# Breaks: The secret store holds something that is no API key.
# Red: agent.secrets
# Needs: secrets
set -Eeuo pipefail

# The Agent isn't restarted: what it has resolved stays as it is.
/usr/bin/python3 - <<'PYTHON'
import json
import pathlib

question = json.loads(pathlib.Path('/usr/lib/boxhound/agent-secrets.json').read_text())
handle, changed = question['handle'], 'changed'
if question['command']:
    answer = json.dumps({handle: {'value': changed, 'error': None}})
    # Owner and mode stay.
    pathlib.Path(question['command']).write_text(f"#!/bin/sh\ncat <<'END'\n{answer}\nEND\n")
elif question['backend'] == 'file.text':
    pathlib.Path(question['config']['secrets_path'], handle).write_text(changed)
else:
    pathlib.Path(question['config']['file_path']).write_text(json.dumps({handle: changed}))
PYTHON

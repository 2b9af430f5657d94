#!/usr/bin/env bash
# Breaks: The Agent starts without the settings of the box file.
# Red: agent.config
# Needs: config
set -Eeuo pipefail

# What boxhound itself writes stays, and so does where the key comes from.
/opt/datadog-agent/embedded/bin/python3 - <<'PYTHON'
import yaml

path = '/etc/datadog-agent/datadog.yaml'
with open(path, encoding='utf-8') as stream:
    settings = yaml.safe_load(stream)
own = {'site', 'tags', 'logs_enabled', 'api_key'}
kept = {name: value for name, value in settings.items() if name in own or name.startswith('secret_backend_')}
kept['apm_config'] = {'enabled': settings.get('apm_config', {}).get('enabled', True)}
with open(path, 'w', encoding='utf-8') as stream:
    yaml.safe_dump(kept, stream)
PYTHON
restart_agent

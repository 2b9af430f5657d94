"""`datadog-agent hostname`: the running Agent's, else what this process would take."""

from lab_agent import host_name
from lab_agent.ipc import client
from lab_agent.ipc.auth import AuthError
from lab_agent.paths import default_paths
from lab_agent.settings import load_settings


def main(_arguments: list[str]) -> int:
    paths = default_paths()
    settings = load_settings(paths.config)
    try:
        print(client.get(paths, settings.cmd_port, '/agent/hostname')['hostname'])
    except (AuthError, client.NotRunning):
        print(host_name.resolve(settings).name)
    return 0

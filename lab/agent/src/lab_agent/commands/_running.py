"""Shared by commands that query a running Agent."""

from typing import Any

from lab_agent.cli import CommandError
from lab_agent.ipc import client
from lab_agent.ipc.auth import AuthError
from lab_agent.paths import default_paths
from lab_agent.settings import load_settings


def ask(path: str) -> Any:
    """The running Agent's answer; fails the command if there is none."""
    paths = default_paths()
    try:
        return client.get(paths, load_settings(paths.config).cmd_port, path)
    except (AuthError, client.NotRunning) as error:
        raise CommandError(str(error)) from error

"""`datadog-agent hostname`: computed by this process, without a running Agent or its unit's variables."""

from lab_agent import host_name
from lab_agent.paths import default_paths
from lab_agent.settings import load_settings


def main(_arguments: list[str]) -> int:
    print(host_name.resolve(load_settings(default_paths().config)).name)
    return 0

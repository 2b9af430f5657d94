"""All paths, below one root, so that tests can run the whole Agent in a temporary folder.

This package uses named tuples and plain classes instead of dataclasses: importing those takes a tenth of a `check`, and
the processor may be emulated.
"""

import os
from pathlib import Path
from typing import NamedTuple


class Paths(NamedTuple):
    """The Agent's paths; `root` is `/` on a machine."""

    root: Path

    @property
    def etc(self) -> Path:
        return self.root / 'etc/datadog-agent'

    @property
    def config(self) -> Path:
        return self.etc / 'datadog.yaml'

    @property
    def conf_d(self) -> Path:
        return self.etc / 'conf.d'

    @property
    def checks_d(self) -> Path:
        return self.etc / 'checks.d'

    @property
    def auth_token(self) -> Path:
        return self.etc / 'auth_token'

    @property
    def ipc_cert(self) -> Path:
        return self.etc / 'ipc_cert.pem'

    @property
    def install_info(self) -> Path:
        return self.etc / 'install_info'

    @property
    def install_json(self) -> Path:
        return self.etc / 'install.json'

    @property
    def connector(self) -> Path:
        return self.root / 'opt/datadog-agent/embedded/bin/secret-generic-connector'

    @property
    def run(self) -> Path:
        return self.root / 'opt/datadog-agent/run'

    @property
    def logs(self) -> Path:
        return self.root / 'var/log/datadog'


def default_paths() -> Paths:
    """The machine's paths, or those below `LAB_AGENT_ROOT`."""
    return Paths(Path(os.environ.get('LAB_AGENT_ROOT') or '/'))

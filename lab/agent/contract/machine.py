"""What a contract test can do with a machine, wherever that is."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

# The contract's own checks and logs. All names share a prefix, so that they are easily removed.
PREFIX = 'zz_contract'

FILES = {
    f'checks.d/{PREFIX}_good.py': """
from datadog_checks.base import AgentCheck
__version__ = '1.2.3'
class Good(AgentCheck):
    def check(self, instance):
        self.gauge('zz.gauge', 7, tags=['from:contract'])
        self.rate('zz.rate', __import__('time').time())
        self.service_check('zz.up', AgentCheck.OK, tags=['from:contract'])
        self.warning('mind the gap')
""",
    f'conf.d/{PREFIX}_good.d/conf.yaml': """
init_config:
instances:
  - min_collection_interval: 45
    password: hunter2
""",
    f'checks.d/{PREFIX}_raising.py': """
from datadog_checks.base import AgentCheck
class Raising(AgentCheck):
    def check(self, instance):
        raise RuntimeError('as asked, password=hunter2')
""",
    f'conf.d/{PREFIX}_raising.d/conf.yaml': 'init_config:\ninstances:\n  - {}\n',
    f'checks.d/{PREFIX}_broken.py': 'import nothing_of_this_name\n',
    f'conf.d/{PREFIX}_broken.d/conf.yaml': 'init_config:\ninstances:\n  - {}\n',
    f'checks.d/{PREFIX}_refusing.py': """
from datadog_checks.base import AgentCheck, ConfigurationError
class Refusing(AgentCheck):
    def __init__(self, name, init_config, instances):
        super().__init__(name, init_config, instances)
        raise ConfigurationError('min must be smaller than max, password=hunter2')
    def check(self, instance):
        pass
""",
    f'conf.d/{PREFIX}_refusing.d/conf.yaml': 'init_config:\ninstances:\n  - {}\n',
    f'checks.d/{PREFIX}_two.py': """
from datadog_checks.base import AgentCheck
class Two(AgentCheck):
    def check(self, instance):
        self.gauge('zz.two', instance['number'])
""",
    f'conf.d/{PREFIX}_two.d/conf.yaml': 'init_config:\ninstances:\n  - number: 1\n  - number: 2\n',
    f'conf.d/{PREFIX}_logs.d/conf.yaml': f"""
logs:
  - {{type: file, path: '@LOGS@/{PREFIX}_read.log', source: contract, service: contract}}
  - {{type: file, path: '@LOGS@/{PREFIX}_absent.log', source: contract, service: contract}}
""",
    f'logs/{PREFIX}_read.log': 'one line\n',
}


@dataclass(frozen=True)
class Result:
    """A finished command."""

    code: int
    out: str
    err: str

    def document(self) -> Any:
        """The JSON in stdout, which may have text before it."""
        starts = [at for at in (self.out.find('['), self.out.find('{')) if at >= 0]
        assert starts, f'no JSON in {self.out!r} {self.err!r}'
        return json.loads(self.out[min(starts) :])


class Machine(Protocol):
    """A machine with an Agent."""

    local: bool

    def begin(self) -> None:
        """Installs FILES and (re)starts the Agent."""

    def end(self) -> None:
        """Restores the machine."""

    def agent(self, *arguments: str) -> Result:
        """Runs `datadog-agent ARGUMENTS` as dd-agent."""

    def traces(self, method: str, path: str, body: bytes = b'', headers: dict[str, str] | None = None) -> str:
        """Sends one HTTP request to the trace receiver."""

    def shell(self, command: str) -> Result:
        """Runs a command as root; only on machines over SSH."""


def poll(observe: Callable[[], Any], wanted: Callable[[Any], bool], seconds: float = 60) -> Any:
    """Observes until WANTED holds; on a timeout the error shows the last observation."""
    deadline = time.monotonic() + seconds
    while True:
        seen = observe()
        if wanted(seen):
            return seen
        assert time.monotonic() < deadline, f'not within {seconds} s, last seen: {seen!r}'
        time.sleep(0.3)


def status(machine: Machine) -> Any:
    return machine.agent('status', '--json').document()

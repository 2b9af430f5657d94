"""The Agent of these sources, run directly from them in a temporary root."""

import http.client
import os
import socket
import subprocess
import sys
from pathlib import Path

from machine import FILES, Result, poll

HERE = Path(__file__).resolve().parent.parent


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        return int(one.getsockname()[1])


class LocalMachine:
    """Starts both processes and stops exactly these."""

    local = True

    def __init__(self, root: Path) -> None:
        self.root = root
        self.etc = root / 'etc/datadog-agent'
        self.trace_port = _free_port()
        self._processes: list[subprocess.Popen[bytes]] = []

    def _command(self, *arguments: str) -> tuple[list[str], dict[str, str]]:
        environment = {
            'PATH': os.environ['PATH'],
            'LAB_AGENT_ROOT': str(self.root),
            'LAB_AGENT_SITE': str(HERE / 'src'),
            'PYTHONDONTWRITEBYTECODE': '1',
        }
        return [sys.executable, '-B', str(HERE / 'bin/agent'), *arguments], environment

    def _start(self, *arguments: str) -> None:
        command, environment = self._command(*arguments)
        log = (self.root / f'{arguments[0]}.out').open('wb')
        self._processes.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log))

    def begin(self) -> None:
        for folder in ('opt/datadog-agent/run', 'var/log/datadog', 'logs'):
            (self.root / folder).mkdir(parents=True)
        for name, text in FILES.items():
            path = self.root / name if name.startswith('logs/') else self.etc / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace('@LOGS@', str(self.root / 'logs')))
        (self.etc / 'datadog.yaml').write_text(
            # The trace-agent doesn't run without a key.
            'api_key: 0123456789abcdef0123456789abcdef\n'
            'site: datadoghq.com\ntags: ["env:trial", "role:database"]\nlogs_enabled: true\n'
            f'cmd_port: {_free_port()}\n'
            f'apm_config: {{enabled: true, receiver_port: {self.trace_port}, debug: {{port: {_free_port()}}}}}\n'
        )
        (self.etc / 'install_info').write_text(
            'install_method: {tool: boxhound, tool_version: 1.0.0, installer_version: golden}\n'
        )
        self.before_first_start = self.agent('check', 'zz_contract_good', '--json')
        self._start('run', '-p', str(self.root / 'opt/datadog-agent/run/agent.pid'))
        self._start('trace-agent')
        poll(lambda: self.agent('status', '--json'), lambda seen: seen.code == 0)

    def end(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(15)

    def agent(self, *arguments: str) -> Result:
        command, environment = self._command(*arguments)
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
        return Result(done.returncode, done.stdout, done.stderr)

    def traces(self, method: str, path: str, body: bytes = b'', headers: dict[str, str] | None = None) -> str:
        connection = http.client.HTTPConnection('127.0.0.1', self.trace_port, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def shell(self, command: str) -> Result:
        raise AssertionError(f'only a machine has a shell for {command!r}')

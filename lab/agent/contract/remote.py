"""An Agent on a machine, over ssh(1) with a pinned host key."""

import json
import shlex
import subprocess

from machine import FILES, PREFIX, Result, poll

_ETC = '/etc/datadog-agent'
_LOGS = '/var/log/datadog'

# Not every machine has curl, but every Agent that runs Python checks comes with Python.
_REQUEST = """
import http.client, json, sys
method, path, body, headers = json.loads(sys.stdin.read())
connection = http.client.HTTPConnection('127.0.0.1', 8126, timeout=60)
connection.request(method, path, body.encode(), headers)
print(connection.getresponse().read().decode())
"""


class RemoteMachine:
    """Restarts the Agent twice: with the contract's checks at the start, without them at the end."""

    local = False

    def __init__(self, host: str, port: int, user: str, key: str, known_hosts: str) -> None:
        options = {
            'BatchMode': 'yes',
            'StrictHostKeyChecking': 'yes',
            'UserKnownHostsFile': known_hosts,
            'IdentitiesOnly': 'yes',
            'ServerAliveInterval': '10',
        }
        flags = [f'-o{name}={value}' for name, value in options.items()]
        self._ssh = ['ssh', *flags, '-i', key, '-p', str(port), '--', f'{user}@{host}']
        self._sudo = '' if user == 'root' else 'sudo -n '

    def _run(self, command: str, stdin: str = '') -> Result:
        line = f'{self._sudo}sh -c {shlex.quote(command)}'
        done = subprocess.run([*self._ssh, line], input=stdin, capture_output=True, text=True, timeout=180, check=False)
        return Result(done.returncode, done.stdout, done.stderr)

    def shell(self, command: str) -> Result:
        return self._run(command)

    def _restart(self) -> None:
        done = self.shell('systemctl restart datadog-agent.service')
        assert done.code == 0, done.err
        poll(lambda: self.agent('status', '--json'), lambda seen: seen.code == 0, 120)

    def begin(self) -> None:
        for name, text in FILES.items():
            path = f'{_LOGS}/{name.removeprefix("logs/")}' if name.startswith('logs/') else f'{_ETC}/{name}'
            folder = path.rpartition('/')[0]
            command = f'install -d -o dd-agent -g dd-agent {folder} && cat >{path} && chown dd-agent:dd-agent {path}'
            done = self._run(f'{command} && chmod 0640 {path}', text.replace('@LOGS@', _LOGS))
            assert done.code == 0, done.err
        self._restart()

    def end(self) -> None:
        self.shell(f'rm -rf {_ETC}/checks.d/{PREFIX}_* {_ETC}/conf.d/{PREFIX}_* {_LOGS}/{PREFIX}_*')
        self._restart()

    def agent(self, *arguments: str) -> Result:
        return self._run(f'cd / && runuser -u dd-agent -- datadog-agent {shlex.join(arguments)}')

    def traces(self, method: str, path: str, body: bytes = b'', headers: dict[str, str] | None = None) -> str:
        asked = json.dumps([method, path, body.decode(), headers or {}])
        done = self._run(f'python3 -c {shlex.quote(_REQUEST)}', asked)
        assert done.code == 0, done.err
        return done.out

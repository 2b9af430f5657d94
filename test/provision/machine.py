"""A root folder like a guest's, in which the first boot runs on this host."""

import json
import os
import shutil
import subprocess
from pathlib import Path

PROVISION = Path(__file__).parents[2] / 'provision'
KEY = '0123456789abcdef0123456789abcdef'


class Machine:
    """Layers laid over each other below one folder; inputs, console and record at hand."""

    def __init__(self, folder: Path, layers: list[str]):
        self.root = folder / 'root'
        self.console = folder / 'console'
        self.credentials = folder / 'credentials'
        self.programs = folder / 'programs'
        for path in (self.root / 'etc/ssh', self.credentials, self.programs, self.root / 'root'):
            path.mkdir(parents=True)
        for layer in layers:
            shutil.copytree(PROVISION / layer / 'root', self.root, dirs_exist_ok=True)
        self.write('etc/machine-id', '0' * 31 + '1\n')
        self.write('etc/hostname', 'boxhound\n')
        self.write('etc/hosts', '127.0.0.1 localhost\n')
        self.write('etc/boxhound/box.json', '{"box": "lab", "version": "1.0.0"}')

    def path(self, name: str) -> Path:
        return self.root / name

    def write(self, name: str, text: str, mode: int = 0o644) -> Path:
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return path

    def read(self, name: str) -> str:
        return self.path(name).read_text()

    def credential(self, name: str, value: str) -> None:
        (self.credentials / f'boxhound.{name}').write_text(value)

    def step(self, name: str, script: str) -> None:
        """A step of our own; each run of it leaves a line in `ran`."""
        text = f'#!/bin/sh\necho {name} >>{self.root}/ran\n{script}\n'
        self.write(f'usr/lib/boxhound/first-boot.d/{name}', text, 0o755)

    def clear_steps(self) -> None:
        shutil.rmtree(self.path('usr/lib/boxhound/first-boot.d'))

    def ran(self) -> list[str]:
        path = self.path('ran')
        return path.read_text().split() if path.exists() else []

    def environment(self) -> dict[str, str]:
        return {
            'PATH': f'{self.programs}:{os.environ["PATH"]}',
            'BOXHOUND_ROOT': str(self.root),
            'BOXHOUND_CONSOLE': str(self.console),
            'BOXHOUND_STEP_TIMEOUT': '20',
            'CREDENTIALS_DIRECTORY': str(self.credentials),
        }

    def run(self, program: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [str(self.path(f'usr/lib/boxhound/{program}')), *arguments]
        return subprocess.run(
            command, env=self.environment() | environment, capture_output=True, text=True, timeout=60, check=False
        )

    def boot(self, **environment: str) -> int:
        """Both phases, as systemd starts them; the exit status of the second."""
        self.run('first-boot', 'early', **environment)
        return self.run('first-boot', 'main', **environment).returncode

    def record(self) -> dict:
        return json.loads(self.read('var/lib/boxhound/first-boot.json'))

    def status(self) -> dict[str, str]:
        return {step['name']: step['status'] for step in self.record()['steps']}

    def message(self, name: str) -> str:
        return next(step['message'] for step in self.record()['steps'] if step['name'] == name)

    def everything_said(self) -> str:
        """Record and console: what others may read."""
        return self.read('var/lib/boxhound/first-boot.json') + self.console.read_text()

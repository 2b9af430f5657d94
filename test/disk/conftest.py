import subprocess

import pytest
from disks import DISK


@pytest.fixture
def layout():
    """Runs layout.sh: rows as tuples of (number, kind, mount point)."""

    def run(disk):
        done = subprocess.run(['bash', DISK / 'layout.sh', disk], capture_output=True, text=True, check=False)
        rows = [line.split('\t') for line in done.stdout.splitlines()]
        # An error has said so on stderr; what was printed until then is nobody's.
        assert (done.returncode == 0) == (done.stderr == ''), done.stderr
        return [(int(row[0]), row[3], row[4]) for row in rows] if done.returncode == 0 else done.stderr

    return run


@pytest.fixture
def tool():
    """Runs a Python tool for disks: its exit status, stdout and stderr."""

    def run(name, *words):
        command = ['python3', '-IB', DISK / name, *map(str, words)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    return run

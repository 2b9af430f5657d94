"""The module `_util`: runs a command for a check, as the Agent does for it."""

import subprocess


class SubprocessOutputEmptyError(Exception):
    """A command printed nothing, although output was required."""


def subprocess_output(
    command: list[str], raise_on_empty: bool, env: dict[str, str] | None = None
) -> tuple[str, str, int]:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    if not done.stdout and raise_on_empty:
        raise SubprocessOutputEmptyError('get_subprocess_output expected output but had none.')
    return done.stdout, done.stderr, done.returncode


get_subprocess_output = subprocess_output

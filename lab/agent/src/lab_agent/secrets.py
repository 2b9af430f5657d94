"""Resolves ENC[handle], as the Agent does: by a program that gets JSON and answers JSON.

The program is the user's (`secret_backend_command`) or the package's own connector, which knows the backends of
`secret_backend_type`. Imported only where there is a handle.
"""

import json
import os
import re
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_HANDLE = re.compile(r'ENC\[([^\]]+)\]')
_LARGEST = 1 << 20


class SecretError(Exception):
    """A handle that can't be resolved; never holds what the program answered."""


def _handle_of(value: Any) -> str | None:
    found = _HANDLE.fullmatch(value.strip()) if isinstance(value, str) else None
    return found.group(1) if found else None


def handles(value: Any) -> set[str]:
    """All handles in a document, except in the settings of the secret backend itself."""
    if isinstance(value, dict):
        return set().union(*(handles(item) for name, item in value.items() if not str(name).startswith('secret_')), ())
    if isinstance(value, list):
        return set().union(*(handles(item) for item in value), ())
    found = _handle_of(value)
    return set() if found is None else {found}


def replaced(value: Any, known: Mapping[str, str]) -> Any:
    """The document with every known handle replaced."""
    if isinstance(value, dict):
        return {
            name: item if str(name).startswith('secret_') else replaced(item, known) for name, item in value.items()
        }
    if isinstance(value, list):
        return [replaced(item, known) for item in value]
    handle = _handle_of(value)
    return value if handle is None else known.get(handle, value)


def _assert_rights(program: Path) -> None:
    """As in the Agent, only its own account may own and use the program."""
    found = program.stat()
    if found.st_uid != os.geteuid():
        raise SecretError(f"invalid executable '{program}': it isn't owned by the current user")
    if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SecretError(f"invalid executable '{program}': 'group' or 'others' have rights on it")
    if not found.st_mode & stat.S_IXUSR:
        raise SecretError(f"invalid executable '{program}': it isn't executable by its owner")


def _answer(words: list[str], payload: dict[str, Any], seconds: float) -> dict[str, Any]:
    try:
        done = subprocess.run(
            words, input=json.dumps(payload).encode(), capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise SecretError(f"error while running '{words[0]}': command timeout") from None
    except OSError as error:
        raise SecretError(f"error while running '{words[0]}': {error.strerror}") from None
    if done.returncode != 0:
        raise SecretError(f"error while running '{words[0]}': exit status {done.returncode}")
    if len(done.stdout) > _LARGEST:
        raise SecretError(f"error while running '{words[0]}': command output was too long")
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise SecretError("could not unmarshal 'secret_backend_command' output")
    return answer


def fetch(wanted: set[str], settings: Mapping[str, Any], connector: Path) -> dict[str, str]:
    """What the configured backend has for these handles; none without a backend. Raises SecretError."""
    command = settings.get('secret_backend_command')
    kind = settings.get('secret_backend_type')
    if not wanted or not (command or kind):
        return {}
    payload: dict[str, Any] = {'version': '1.1', 'secrets': sorted(wanted)}
    if command:
        words = [str(command), *map(str, settings.get('secret_backend_arguments') or [])]
        try:
            _assert_rights(Path(words[0]))
        except OSError as error:
            raise SecretError(f"invalid executable '{words[0]}': {error.strerror}") from error
    else:
        words = [str(connector)]
        payload |= {'type': kind, 'config': settings.get('secret_backend_config') or {}}
    answer = _answer(words, payload, float(settings.get('secret_backend_timeout') or 30))
    known = {}
    for handle in sorted(wanted):
        secret = answer.get(handle)
        if not isinstance(secret, dict):
            raise SecretError(f"secret handle '{handle}' was not resolved by the secret_backend_command")
        if secret.get('error'):
            raise SecretError(f"an error occurred while resolving '{handle}': {secret['error']}")
        value = secret.get('value')
        if isinstance(value, str) and settings.get('secret_backend_remove_trailing_line_break'):
            value = value.rstrip('\r\n')
        if not isinstance(value, str) or not value:
            raise SecretError(f"resolved secret for '{handle}' is empty")
        known[handle] = value
    return known

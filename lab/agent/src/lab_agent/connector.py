"""What the package has for `secret_backend_type`: the backends that read files; the lab has no cloud."""

import json
import os
import sys
from pathlib import Path
from typing import Any

_LARGEST = 10 << 20


class _BackendError(Exception):
    """The backend can't be used at all."""


def _path_of(config: dict[str, Any], name: str) -> Path:
    given = config.get(name)
    if not isinstance(given, str) or not given:
        raise _BackendError(f'{name} is required')
    return Path(given)


def _text(path: Path, largest: int) -> str:
    if path.stat().st_size > largest:
        raise ValueError(f'exceeds maximum size limit of {largest} bytes')
    return path.read_text(encoding='utf-8')


def _from_folder(config: dict[str, Any], handle: str, largest: int) -> str:
    base = _path_of(config, 'secrets_path')
    if not base.is_dir():
        raise _BackendError(f"secrets path '{base}' is not accessible, or not a directory")
    path = Path(os.path.normpath(base / handle))
    if base not in path.parents:
        raise ValueError('path outside allowed directory')
    return _text(path, largest)


def _from_document(config: dict[str, Any], handle: str, largest: int) -> str:
    from lab_agent import yaml_io

    text = _text(_path_of(config, 'file_path'), largest)
    found = yaml_io.load(text)
    value = found.get(handle) if isinstance(found, dict) else None
    if value is None:
        raise KeyError('backend does not provide secret key')
    return str(value)


_BACKENDS = {'file.text': _from_folder, 'file.json': _from_document, 'file.yaml': _from_document}


def answer(request: dict[str, Any]) -> dict[str, dict[str, str | None]]:
    """One answer per handle; an unusable backend is an error of each."""
    kind, config = request.get('type'), request.get('config') or {}
    largest = int(config.get('max_file_read_size') or _LARGEST)
    answers: dict[str, dict[str, str | None]] = {}
    for handle in request.get('secrets') or []:
        backend = _BACKENDS.get(str(kind))
        try:
            if backend is None:
                raise _BackendError(f'the lab Agent has no backend {kind}')
            value = backend(config, handle, largest)
            answers[handle] = {'value': value, 'error': None} if value else {'value': None, 'error': 'empty secret'}
        except OSError as error:
            answers[handle] = {'value': None, 'error': f"failed to read secret '{handle}': {error.strerror}"}
        except Exception as error:
            answers[handle] = {'value': None, 'error': str(error)}
    return answers


def main() -> int:
    json.dump(answer(json.load(sys.stdin)), sys.stdout)
    return 0

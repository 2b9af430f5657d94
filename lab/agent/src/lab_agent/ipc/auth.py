"""The token and the certificate, created at the first start and unique to this instance."""

import os
from pathlib import Path

from lab_agent.paths import Paths


class AuthError(Exception):
    """The token or the certificate can't be read."""


def _write_private(path: Path, content: bytes) -> None:
    temporary = path.with_name(f'.{path.name}.{os.getpid()}')
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, 'wb') as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def ensure(paths: Paths) -> None:
    """Creates what is missing. Only the daemon calls this."""
    if not paths.auth_token.exists():
        _write_private(paths.auth_token, os.urandom(32).hex().encode())
    if not paths.ipc_cert.exists():
        from lab_agent.ipc.certificate import make_certificate

        _write_private(paths.ipc_cert, make_certificate())


def read_token(paths: Paths) -> str:
    """The bearer token; the error message is the Agent's own."""
    for path in (paths.auth_token, paths.ipc_cert):
        try:
            path.read_bytes()
        except OSError as error:
            raise AuthError(
                'unable to fetch auth token (please check that the Agent is running, this file is normally generated '
                f'during the first run of the Agent service): open {path}: {(error.strerror or "error").lower()}'
            ) from error
    return paths.auth_token.read_text(encoding='ascii').strip()

"""The command line's side."""

import http.client
import json
import ssl
from typing import Any

from lab_agent.ipc.auth import read_token
from lab_agent.paths import Paths


class NotRunning(Exception):
    """No Agent answers on the command port."""


def get(paths: Paths, port: int, path: str, timeout: float = 15) -> Any:
    """One GET; raises AuthError without a token and NotRunning when nobody answers."""
    token = read_token(paths)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(paths.ipc_cert)
    connection = http.client.HTTPSConnection('127.0.0.1', port, context=context, timeout=timeout)
    try:
        connection.request('GET', path, headers={'Authorization': f'Bearer {token}'})
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise NotRunning(
            f'Could not reach agent: {error}\nMake sure the agent is running before requesting its status and '
            'contact support if you continue having issues.'
        ) from error
    finally:
        connection.close()
    value = json.loads(body)
    if answer.status != 200:
        raise NotRunning(f'the Agent answered {answer.status}: {value.get("error", "")}')
    return value

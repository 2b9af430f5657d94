"""The daemon's view of the trace receiver, from the receiver's debug port and never from port 8126."""

import json
import urllib.error
import urllib.request
from typing import Any

from lab_agent.settings import Settings


def stats(settings: Settings) -> dict[str, Any]:
    """`apmStats`: the receiver's figures, or an `error` until it is awake.

    A request to port 8126 would wake the receiver, and `status` must not change what it reports.
    """
    url = f'http://127.0.0.1:{settings.apm_debug_port}/debug/vars'
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as answer:
            found: dict[str, Any] = json.loads(answer.read())
            return found
    except (OSError, ValueError) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        text = getattr(reason, 'strerror', None) or str(reason)
        return {'port': settings.apm_debug_port, 'error': f'Get "{url}": dial tcp: {text.lower()}'}

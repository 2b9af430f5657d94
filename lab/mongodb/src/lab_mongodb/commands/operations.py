"""Current operations, as currentOp and $currentOp show them."""

import time
from datetime import datetime
from typing import Any

from lab_mongodb.bson import Int64
from lab_mongodb.context import Context, Session

_KINDS = {'find': 'query', 'getMore': 'getmore', 'insert': 'insert', 'update': 'update', 'delete': 'remove'}


def _described(session: Session, context: Context) -> dict[str, Any]:
    operation = session.operation
    now = time.time()
    began = operation.started if operation else now
    found: dict[str, Any] = {
        'type': 'op',
        'host': context.state.host,
        'desc': session.context,
        'connectionId': session.identifier,
        'client': session.client,
    }
    if session.metadata:
        found |= {'appName': session.application, 'clientMetadata': session.metadata}
    found |= {
        'active': operation is not None,
        'currentOpTime': datetime.fromtimestamp(began).astimezone().isoformat(timespec='milliseconds'),
        'isFromUserConnection': True,
        'threaded': True,
    }
    if session.key is not None:
        found['effectiveUsers'] = [{'user': session.key[1], 'db': session.key[0]}]
    if operation is not None:
        request = operation.request
        found |= {
            'opid': operation.identifier,
            'secs_running': Int64(now - began),
            'microsecs_running': Int64((now - began) * 1_000_000),
            'op': _KINDS.get(request.name, 'command'),
            'ns': request.namespace,
            'command': request.cut(),
        }
    return found | {'numYields': 0, 'locks': {}, 'waitingForLock': False, 'lockStats': {}}


def current_operations(context: Context, *, everybody: bool, idle: bool) -> list[dict[str, Any]]:
    """All operations, or those of this session's user; idle connections only if requested."""
    return [
        _described(session, context)
        for session in context.state.sessions.values()
        if (everybody or session.key == context.session.key) and (idle or session.operation is not None)
    ]

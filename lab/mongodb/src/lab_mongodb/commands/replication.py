"""Commands for a replica set of one member."""

from typing import Any

from lab_mongodb.context import Context, Handler, Request


async def _initiate(context: Context, request: Request) -> dict[str, Any]:
    given = request.get('replSetInitiate')
    replica = context.state.replica
    replica.initiate(given if isinstance(given, dict) and given else None)
    size = context.state.config.oplog_megabytes * 2**20
    # From now on FerretDB writes to it.
    await context.session.link.command({'create': 'oplog.rs', 'capped': True, 'size': size, '$db': 'local'})
    attributes = {'config': replica.config}
    context.state.log.write('REPL', 21392, context.session.context, 'New replica set config in use', attributes)
    changed = {'newState': 'PRIMARY', 'oldState': 'STARTUP'}
    context.state.log.write('REPL', 21358, context.session.context, 'Replica set state transition', changed)
    return {}


async def _status(context: Context, request: Request) -> dict[str, Any]:
    return context.state.replica.status()


async def _config(context: Context, request: Request) -> dict[str, Any]:
    return {'config': context.state.replica.require()}


HANDLERS: dict[str, Handler] = {
    'replSetGetConfig': _config,
    'replSetGetStatus': _status,
    'replSetInitiate': _initiate,
}

"""Commands on data: FerretDB runs most of them; a few it doesn't know."""

import time
from typing import Any

from lab_mongodb import access, bson
from lab_mongodb.bson import Date, Int64
from lab_mongodb.commands.operations import current_operations
from lab_mongodb.context import Context, Handler, Request
from lab_mongodb.errors import CommandError

# Drivers send these to a server of this version; FerretDB rejects some and ignores the rest.
_STRIPPED = frozenset(
    ['$clusterTime', '$readPreference', 'apiDeprecationErrors', 'apiStrict', 'apiVersion', 'lsid', 'readConcern']
    + ['stmtId', 'stmtIds', 'txnNumber', 'writeConcern']
)
# Databases that every MongoDB has.
_ALWAYS = ('admin', 'config', 'local')


async def pass_on(context: Context, request: Request) -> bytes:
    """Has FerretDB run it."""
    if 'autocommit' in request.message.body or 'startTransaction' in request.message.body:
        raise CommandError(20, 'Transaction numbers are only allowed on a replica set member or mongos')
    body = {name: value for name, value in request.message.body.items() if name not in _STRIPPED}
    body['$db'] = request.database
    return await context.session.link.exchange(body, request.message.sequences)


def cursor(namespace: str, batch: list[Any]) -> dict[str, Any]:
    """An exhausted cursor."""
    return {'cursor': {'firstBatch': batch, 'id': Int64(0), 'ns': namespace}}


async def _opened(context: Context, request: Request) -> bytes:
    """Records a cursor's owner, since nobody else may continue it."""
    answer = await pass_on(context, request)
    found = bson.full(bson.split(answer).get('cursor'))
    if isinstance(found, dict) and found.get('id'):
        context.state.cursors[found['id']] = context.session.key
    return answer


async def _find(context: Context, request: Request) -> dict[str, Any] | bytes:
    if (request.database, request.collection) != ('admin', 'system.users'):
        return await _opened(context, request)
    wanted = request.get('filter') or {}
    if any(name.startswith('$') or isinstance(value, dict) for name, value in wanted.items()):
        raise CommandError(238, 'the lab finds users by equal values only')
    users = [user.document(with_credentials=True) for user in context.state.users]
    found = [user for user in users if all(user.get(name) == value for name, value in wanted.items())]
    return cursor('admin.system.users', found[: abs(request.get('limit') or 0) or None])


def _check_owner(context: Context, identifier: Any, request: Request) -> None:
    cursors = context.state.cursors
    if not context.state.config.authorization or identifier not in cursors:
        return
    if cursors[identifier] != context.session.key and not context.may('killAnyCursor', None):
        raise access.refusal(request)


async def _get_more(context: Context, request: Request) -> bytes:
    _check_owner(context, request.subject, request)
    answer = await pass_on(context, request)
    found = bson.split(answer).get('cursor')
    if isinstance(found, bson.Raw) and bson.split(found.data).get('id') == 0:
        context.state.cursors.pop(request.subject, None)
    return answer


async def _kill_cursors(context: Context, request: Request) -> bytes:
    identifiers = request.get('cursors')
    for identifier in identifiers if isinstance(identifiers, list) else []:
        _check_owner(context, identifier, request)
        context.state.cursors.pop(identifier, None)
    return await pass_on(context, request)


async def _aggregate(context: Context, request: Request) -> dict[str, Any] | bytes:
    stages = access.stages(request)
    name = next(iter(stages[0]), '') if stages else ''
    if name not in ('$currentOp', '$indexStats'):
        return await _opened(context, request)
    if len(stages) > 1:
        raise CommandError(238, f'the lab has {name} without further stages only')
    if name == '$currentOp':
        if request.database != 'admin' or request.collection:
            raise CommandError(73, "$currentOp must be run against the 'admin' database with {aggregate: 1}")
        options = bson.full(stages[0][name])
        everybody, idle = bool(options.get('allUsers')), bool(options.get('idleConnections'))
        operations = current_operations(context, everybody=everybody, idle=idle)
        return cursor('admin.$cmd.aggregate', operations)
    listed = await context.session.link.command({'listIndexes': request.collection, '$db': request.database})
    since = Date.of(context.state.counters.started)
    return cursor(
        request.namespace,
        [
            {
                'name': index['name'],
                'key': index['key'],
                'host': context.state.host,
                'accesses': {'ops': Int64(0), 'since': since},
                'spec': index,
            }
            for index in listed['cursor']['firstBatch']
        ],
    )


async def _list_databases(context: Context, request: Request) -> dict[str, Any]:
    kept = {name: value for name, value in request.message.body.items() if name in ('listDatabases', 'filter')}
    found = await context.session.link.command({**kept, '$db': 'admin'})
    databases: list[dict[str, Any]] = found['databases']
    if 'filter' not in kept:
        known = {database['name'] for database in databases}
        empty = {'sizeOnDisk': Int64(0), 'empty': False}
        databases = sorted(
            databases + [{'name': name, **empty} for name in _ALWAYS if name not in known],
            key=lambda database: str(database['name']),
        )
    if not context.may('listDatabases', None) or request.get('authorizedDatabases') is True:
        databases = [database for database in databases if context.may('find', database['name'])]
    if request.get('nameOnly') is True:
        return {'databases': [{'name': database['name']} for database in databases]}
    total = sum(database['sizeOnDisk'] for database in databases)
    return {'databases': databases, 'totalSize': Int64(total), 'totalSizeMb': Int64(total // 2**20)}


async def _database_statistics(context: Context, request: Request) -> dict[str, Any]:
    # FerretDB omits the average if there is nothing to average.
    return {'avgObjSize': 0.0, **bson.split(await pass_on(context, request))}


async def _profile(context: Context, request: Request) -> dict[str, Any]:
    if request.subject != -1:
        raise CommandError(238, 'the lab has no profiler')
    return {'was': 0, 'slowms': context.state.config.slow_milliseconds, 'sampleRate': 1.0}


async def _sessions(context: Context, request: Request) -> dict[str, Any]:
    return {}


async def _start_session(context: Context, request: Request) -> dict[str, Any]:
    identifier = bson.Binary(time.time_ns().to_bytes(8, 'big') + context.session.identifier.to_bytes(8, 'big'), 4)
    return {'id': {'id': identifier}, 'timeoutMinutes': 30}


HANDLERS: dict[str, Handler] = {
    'aggregate': _aggregate,
    'dbStats': _database_statistics,
    'endSessions': _sessions,
    'find': _find,
    'getMore': _get_more,
    'killCursors': _kill_cursors,
    'listDatabases': _list_databases,
    'listIndexes': _opened,
    'profile': _profile,
    'refreshSessions': _sessions,
    'startSession': _start_session,
}

"""The rights that each command needs."""

from typing import Any

from lab_mongodb import bson
from lab_mongodb.context import Context, Request
from lab_mongodb.errors import CommandError

# Action, database (None: the cluster), collection ('': the database itself).
Need = tuple[str, str | None, str]

# Allowed for everyone, logged in or not.
OPEN = frozenset(
    ['hello', 'isMaster', 'ping', 'buildInfo', 'saslStart', 'saslContinue', 'logout', 'connectionStatus', 'whatsmyuri']
    + ['endSessions']
)
# Allowed for any user; the command itself decides what that user may see or do.
ANY_USER = frozenset(['listDatabases', 'startSession', 'refreshSessions', 'usersInfo', 'killCursors', 'getMore'])

ON_COLLECTION = {
    'collMod': 'collMod',
    'collStats': 'collStats',
    'compact': 'compact',
    'count': 'find',
    'create': 'createCollection',
    'createIndexes': 'createIndex',
    'delete': 'remove',
    'distinct': 'find',
    'drop': 'dropCollection',
    'dropIndexes': 'dropIndex',
    'find': 'find',
    'insert': 'insert',
    'listIndexes': 'listIndexes',
    'validate': 'validate',
}
ON_DATABASE = {
    'createUser': 'createUser',
    'dbStats': 'dbStats',
    'dropAllUsersFromDatabase': 'dropUser',
    'dropDatabase': 'dropDatabase',
    'dropUser': 'dropUser',
    'listCollections': 'listCollections',
}
ON_CLUSTER = {
    'connPoolStats': 'connPoolStats',
    'getCmdLineOpts': 'getCmdLineOpts',
    'getLog': 'getLog',
    'getParameter': 'getParameter',
    'hostInfo': 'hostInfo',
    'logRotate': 'logRotate',
    'replSetGetConfig': 'replSetGetConfig',
    'replSetGetStatus': 'replSetGetStatus',
    'replSetInitiate': 'replSetConfigure',
    'serverStatus': 'serverStatus',
    'shutdown': 'shutdown',
    'top': 'top',
}
_STAGES = {'$indexStats': 'indexStats', '$collStats': 'collStats'}


def stages(request: Request) -> list[dict[str, Any]]:
    """The first level of each stage of a pipeline."""
    pipeline = request.message.body.get('pipeline')
    if not isinstance(pipeline, bson.Raw) or pipeline.kind != bson.ARRAY:
        raise CommandError(14, "BSON field 'aggregate.pipeline' is the wrong type, expected type 'array'")
    found = bson.split(pipeline.data).values()
    if not all(isinstance(stage, bson.Raw) and stage.kind == bson.DOCUMENT for stage in found):
        raise CommandError(14, "Each element of the 'pipeline' array must be an object")
    return [bson.split(stage.data) for stage in found]


def _aggregate(request: Request) -> list[Need]:
    first = next(iter(stages(request)), {})
    name = next(iter(first), '')
    if name == '$currentOp':
        options = bson.full(first[name])
        everybody = isinstance(options, dict) and options.get('allUsers') is True
        return [('inprog', None, '')] if everybody else []
    return [(_STAGES.get(name, 'find'), request.database, request.collection)]


def _statements(request: Request, name: str) -> list[dict[str, Any]]:
    if name in request.message.sequences:
        return [bson.split(item) for item in bson.documents(request.message.sequences[name])]
    found = request.get(name)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _update(request: Request) -> list[Need]:
    where = request.database, request.collection
    upserts = any(statement.get('upsert') for statement in _statements(request, 'updates'))
    return [('update', *where), *([('insert', *where)] if upserts else [])]


def _find_and_modify(request: Request) -> list[Need]:
    where = request.database, request.collection
    if request.get('remove'):
        return [('find', *where), ('remove', *where)]
    return [('find', *where), ('update', *where), *([('insert', *where)] if request.get('upsert') else [])]


def _named(action: str, *fields: str) -> Any:
    """For commands that name their collections with the database."""

    def needs(request: Request) -> list[Need]:
        names = [request.text(field).partition('.') for field in fields]
        return [(action, database, collection) for database, _, collection in names]

    return needs


def _current_op(request: Request) -> list[Need]:
    return [] if request.get('$ownOps') is True else [('inprog', None, '')]


def _profile(request: Request) -> list[Need]:
    if request.subject == -1:
        return [('find', request.database, 'system.profile')]
    return [('enableProfiler', request.database, '')]


def grants_needed(request: Request, action: str) -> list[Need]:
    """Granting or revoking a role needs a right on the role's database."""
    found = request.get('roles', [])
    databases = [
        role.get('db', request.database) if isinstance(role, dict) else request.database
        for role in (found if isinstance(found, list) else [])
    ]
    return [(action, str(database), '') for database in dict.fromkeys(databases)]


def _create_user(request: Request) -> list[Need]:
    return [('createUser', request.database, ''), *grants_needed(request, 'grantRole')]


def _update_user(request: Request) -> list[Need]:
    needs: list[Need] = [('changePassword', request.database, '')] if 'pwd' in request.message.body else []
    if 'customData' in request.message.body:
        needs.append(('changeCustomData', request.database, ''))
    if 'roles' in request.message.body:
        # This revokes the user's current roles.
        needs += [('revokeRole', request.database, ''), *grants_needed(request, 'grantRole')]
    return needs


def _explain(request: Request) -> list[Need]:
    inner = request.subject
    if not isinstance(inner, bson.Raw):
        raise CommandError(14, "BSON field 'explain.explain' is the wrong type, expected type 'object'")
    body = {**bson.split(inner.data), '$db': request.database}
    name = next(iter(body))
    if name not in ('find', 'aggregate', 'count', 'distinct', 'update', 'delete', 'findAndModify'):
        raise CommandError(59, f'Explain failed due to unknown command: {name}')
    return needs_of(Request(name, type(request.message)(0, request.message.opcode, body, 0)))


# Commands whose rights depend on their arguments.
SPECIAL = {
    'aggregate': _aggregate,
    'createUser': _create_user,
    'currentOp': _current_op,
    'dataSize': _named('find', 'dataSize'),
    'explain': _explain,
    'findAndModify': _find_and_modify,
    'grantRolesToUser': lambda request: grants_needed(request, 'grantRole'),
    'profile': _profile,
    'renameCollection': _named('renameCollectionSameDB', 'renameCollection', 'to'),
    'revokeRolesFromUser': lambda request: grants_needed(request, 'revokeRole'),
    'update': _update,
    'updateUser': _update_user,
}


def needs_of(request: Request) -> list[Need]:
    """All rights that a command needs."""
    name = request.name
    if name in SPECIAL:
        return list(SPECIAL[name](request))
    if name in ON_COLLECTION:
        return [(ON_COLLECTION[name], request.database, request.collection)]
    if name in ON_DATABASE:
        return [(ON_DATABASE[name], request.database, '')]
    if name in ON_CLUSTER:
        return [(ON_CLUSTER[name], None, '')]
    if name in ANY_USER:
        return []
    raise CommandError(59, f"no such command: '{name}'")


def check(context: Context, request: Request) -> None:
    """Rejects a command that this session may not run."""
    if not context.state.config.authorization or request.name in OPEN:
        return
    if context.user is None and not context.has_exception:
        raise CommandError(13, f'Command {request.name} requires authentication')
    if context.user is None and request.name in ANY_USER:
        raise refusal(request)
    if not all(context.may(*need) for need in needs_of(request)):
        raise refusal(request)


def refusal(request: Request) -> CommandError:
    """In the words of the real server."""
    shown = bson.text(request.shown())
    return CommandError(13, f'not authorized on {request.database} to execute command {shown}')

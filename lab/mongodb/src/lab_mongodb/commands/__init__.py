"""All commands by name."""

from lab_mongodb.access import ANY_USER, ON_CLUSTER, ON_COLLECTION, ON_DATABASE, OPEN
from lab_mongodb.commands import data, login, replication, status, users
from lab_mongodb.context import Handler

# Older spellings, and lower-case ones that the real server also accepts.
_ALIASES = {
    'buildinfo': 'buildInfo',
    'collstats': 'collStats',
    'datasize': 'dataSize',
    'dbstats': 'dbStats',
    'findandmodify': 'findAndModify',
    'ismaster': 'isMaster',
}

HANDLERS: dict[str, Handler] = {
    **dict.fromkeys([*ON_COLLECTION, 'dataSize', 'dropDatabase', 'explain', 'findAndModify'], data.pass_on),
    **dict.fromkeys(['listCollections', 'renameCollection', 'update'], data.pass_on),
    **data.HANDLERS,
    **login.HANDLERS,
    **replication.HANDLERS,
    **status.HANDLERS,
    **users.HANDLERS,
}
assert {*OPEN, *ANY_USER, *ON_CLUSTER, *ON_COLLECTION, *ON_DATABASE} <= HANDLERS.keys()

# Commands that work before a replica set is initiated.
WITHOUT_PRIMARY = OPEN | set(ON_CLUSTER) | {'currentOp', 'startSession', 'refreshSessions'}
WRITES = frozenset(
    ['collMod', 'compact', 'create', 'createIndexes', 'delete', 'drop', 'dropDatabase', 'dropIndexes']
    + ['findAndModify', 'insert', 'renameCollection', 'update', *users.WRITES]
)


def resolve(name: str) -> str:
    """A command's name as spelled in the tables."""
    return _ALIASES.get(name, name)

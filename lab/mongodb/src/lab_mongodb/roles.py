"""Built-in roles as data: the actions that each allows, and where. Names and rights are from MongoDB's manual."""

from dataclasses import dataclass
from typing import Any

# Where a right applies. Database: OWN is the one that the role is granted on, ANY is all except `local` and `config`,
# or a name. Collection: ORDINARY is all without `system.` and the database itself, ALL includes `system.`, or a name.
OWN, ANY, ORDINARY, ALL = '@', '*', '', '*'
CLUSTER = None

_READ = 'changeStream collStats dbHash dbStats find killCursors listCollections listIndexes planCacheRead'
_WRITE = 'convertToCapped createCollection createIndex dropCollection dropIndex insert remove'
_WRITE += ' renameCollectionSameDB update'
_DB_ADMIN = 'bypassDocumentValidation collMod collStats compact convertToCapped createCollection createIndex'
_DB_ADMIN += ' dbStats dropCollection dropDatabase dropIndex enableProfiler listCollections listIndexes'
_DB_ADMIN += ' planCacheIndexFilter planCacheRead planCacheWrite reIndex renameCollectionSameDB storageDetails validate'
_USER_ADMIN = 'changeCustomData changePassword createRole createUser dropRole dropUser grantRole revokeRole'
_USER_ADMIN += ' setAuthenticationRestriction viewRole viewUser'
_MONITOR = 'checkFreeMonitoringStatus connPoolStats getCmdLineOpts getDefaultRWConcern getLog getParameter getShardMap'
_MONITOR += ' hostInfo inprog listDatabases listSessions listShards netstat replSetGetConfig replSetGetStatus'
_MONITOR += ' serverStatus setFreeMonitoring shardingState top useUUID'
_MANAGE = 'addShard appendOplogNote applicationMessage cleanupOrphaned flushRouterConfig getDefaultRWConcern'
_MANAGE += ' listSessions listShards removeShard replSetConfigure replSetGetConfig replSetGetStatus'
_MANAGE += ' replSetStateChange resync setDefaultRWConcern setFeatureCompatibilityVersion setFreeMonitoring'
_HOST = 'applicationMessage closeAllDatabases connPoolSync flushRouterConfig fsync invalidateUserCache'
_HOST += ' killAnyCursor killAnySession killop logRotate oidReset resync setParameter shutdown touch unlock'


@dataclass(frozen=True)
class Privilege:
    """Actions on a database's collections, or if the database is None, on the cluster."""

    database: str | None
    collection: str
    actions: frozenset[str]


@dataclass(frozen=True)
class Grant:
    """A user's role, and the database that it was granted on."""

    role: str
    database: str

    def document(self) -> dict[str, str]:
        """As in usersInfo."""
        return {'role': self.role, 'db': self.database}


def _on(database: str | None, collection: str, actions: str) -> Privilege:
    return Privilege(database, collection, frozenset(actions.split()))


_CLUSTER_MONITOR = (
    _on(CLUSTER, '', _MONITOR),
    _on(ANY, ORDINARY, 'collStats dbStats getDatabaseVersion getShardVersion indexStats useUUID'),
    _on(ANY, 'system.profile', 'find'),
    _on('config', ORDINARY, f'{_READ} getShardVersion indexStats'),
    _on('local', ALL, f'{_READ} getShardVersion indexStats'),
)
_CLUSTER_MANAGER = (
    _on(CLUSTER, '', _MANAGE),
    _on('config', ORDINARY, f'{_READ} {_WRITE}'),
    _on('local', ALL, f'{_READ} {_WRITE}'),
)
_HOST_MANAGER = (_on(CLUSTER, '', _HOST), _on(ANY, ORDINARY, 'killCursors'))
_CLUSTER_ADMIN = (
    *_CLUSTER_MONITOR,
    *_CLUSTER_MANAGER,
    *_HOST_MANAGER,
    _on(CLUSTER, '', 'dropDatabase'),
    _on(ANY, ORDINARY, 'dropDatabase'),
)


def _both(database: str, system: str, actions: str) -> tuple[Privilege, ...]:
    return _on(database, ORDINARY, actions), _on(database, system, _READ)


_ANY_READ = (*_both(ANY, 'system.js', _READ), _on(CLUSTER, '', 'listDatabases'))
_ANY_READ_WRITE = (*_both(ANY, 'system.js', f'{_READ} {_WRITE}'), _on(CLUSTER, '', 'listDatabases'))
_ANY_DB_ADMIN = (*_both(ANY, 'system.profile', _DB_ADMIN), _on(CLUSTER, '', 'listDatabases'))
_ANY_USER_ADMIN = (
    # Users of all databases, and granting roles of all databases.
    *(_on(database, ORDINARY, _USER_ADMIN) for database in (ANY, 'local', 'config')),
    _on(CLUSTER, '', 'authSchemaUpgrade invalidateUserCache listDatabases'),
    _on('admin', 'system.users', _READ),
    _on('admin', 'system.roles', _READ),
)

# Roles of every database.
DATABASE_ROLES: dict[str, tuple[Privilege, ...]] = {
    'read': _both(OWN, 'system.js', _READ),
    'readWrite': _both(OWN, 'system.js', f'{_READ} {_WRITE}'),
    'dbAdmin': _both(OWN, 'system.profile', _DB_ADMIN),
    'userAdmin': (_on(OWN, ORDINARY, _USER_ADMIN),),
    'dbOwner': (*_both(OWN, 'system.js', f'{_READ} {_WRITE} {_DB_ADMIN} {_USER_ADMIN}'),),
}
# Roles that only the database `admin` has.
ADMIN_ROLES: dict[str, tuple[Privilege, ...]] = {
    'readAnyDatabase': _ANY_READ,
    'readWriteAnyDatabase': _ANY_READ_WRITE,
    'dbAdminAnyDatabase': _ANY_DB_ADMIN,
    'userAdminAnyDatabase': _ANY_USER_ADMIN,
    'clusterMonitor': _CLUSTER_MONITOR,
    'clusterManager': _CLUSTER_MANAGER,
    'hostManager': _HOST_MANAGER,
    'clusterAdmin': _CLUSTER_ADMIN,
    'root': (*_ANY_READ_WRITE, *_ANY_DB_ADMIN, *_ANY_USER_ADMIN, *_CLUSTER_ADMIN),
}
# While there are no users: enough to create the first one, and to initiate a replica set before that.
LOCALHOST_EXCEPTION = (
    _on('admin', ORDINARY, 'createUser grantRole'),
    _on(CLUSTER, '', 'addShard replSetConfigure replSetGetStatus'),
)


def exists(grant: Grant) -> bool:
    """Whether the database has such a role."""
    return grant.role in DATABASE_ROLES or (grant.database == 'admin' and grant.role in ADMIN_ROLES)


def privileges(grants: tuple[Grant, ...]) -> tuple[Privilege, ...]:
    """All rights of some roles, with database names filled in."""
    found = []
    for grant in grants:
        own = DATABASE_ROLES.get(grant.role) or (ADMIN_ROLES.get(grant.role, ()) if grant.database == 'admin' else ())
        for item in own:
            database = grant.database if item.database == OWN else item.database
            found.append(Privilege(database, item.collection, item.actions))
    return tuple(found)


def _covers(privilege: Privilege, database: str | None, collection: str) -> bool:
    if privilege.database is None or database is None:
        return privilege.database is None and database is None
    if privilege.database == ANY and database in ('local', 'config'):
        return False
    if privilege.database not in (ANY, database):
        return False
    if privilege.collection == ORDINARY:
        return not collection.startswith('system.')
    return privilege.collection in (ALL, collection)


def allowed(held: tuple[Privilege, ...], action: str, database: str | None, collection: str = '') -> bool:
    """Whether an action is allowed on a collection, on a database (no collection), or on the cluster (no database)."""
    return any(action in item.actions and _covers(item, database, collection) for item in held)


def document(privilege: Privilege) -> dict[str, Any]:
    """As in usersInfo and connectionStatus."""
    if privilege.database is None:
        resource: dict[str, Any] = {'cluster': True}
    else:
        name = '' if privilege.database == ANY else privilege.database
        resource = {'db': name, 'collection': '' if privilege.collection == ALL else privilege.collection}
    return {'resource': resource, 'actions': sorted(privilege.actions)}

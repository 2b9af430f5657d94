"""Commands that create, change and show users."""

from typing import Any

from lab_mongodb import roles, scram
from lab_mongodb.access import refusal
from lab_mongodb.context import Context, Handler, Request
from lab_mongodb.errors import CommandError
from lab_mongodb.roles import Grant
from lab_mongodb.users import User


def _grants(request: Request) -> tuple[Grant, ...]:
    given = request.get('roles')
    if not isinstance(given, list):
        raise CommandError(40414, f"BSON field '{request.name}.roles' is missing but a required field")
    found = []
    for role in given:
        if isinstance(role, str):
            grant = Grant(role, request.database)
        elif isinstance(role, dict) and isinstance(role.get('role'), str) and isinstance(role.get('db'), str):
            grant = Grant(role['role'], role['db'])
        else:
            raise CommandError(2, 'A role is a name, or a document with role and db')
        if not roles.exists(grant):
            raise CommandError(31, f'Could not find role: {grant.role}@{grant.database}')
        found.append(grant)
    return tuple(dict.fromkeys(found))


def _credential(request: Request) -> scram.Credential:
    password = request.text('pwd')
    if password == '':
        raise CommandError(2, 'Password cannot be empty')
    if request.get('digestPassword', True) is not True:
        raise CommandError(2, 'Use of SCRAM-SHA-256 requires undigested passwords')
    mechanisms = request.get('mechanisms')
    if mechanisms is not None and mechanisms != [scram.MECHANISM]:
        raise CommandError(2, f'the lab has {scram.MECHANISM} only')
    try:
        return scram.derive(password)
    except ValueError as error:
        raise CommandError(2, str(error)) from error


def _custom_data(request: Request) -> dict[str, Any] | None:
    found = request.get('customData')
    if found is not None and not isinstance(found, dict):
        raise CommandError(14, f"BSON field '{request.name}.customData' is the wrong type, expected type 'object'")
    return found


def _existing(context: Context, request: Request) -> User:
    name = request.text(next(iter(request.message.body)))
    found = context.state.users.get(request.database, name)
    if found is None:
        raise CommandError(11, f"User '{name}@{request.database}' not found")
    return found


async def _create(context: Context, request: Request) -> dict[str, Any]:
    name = request.text('createUser')
    if name == '':
        raise CommandError(2, "User document needs 'user' field to be non-empty")
    if request.database == 'local':
        raise CommandError(2, 'Cannot create users in the local database')
    grants, custom = _grants(request), _custom_data(request)
    if context.state.users.get(request.database, name) is not None:
        raise CommandError(51003, f'User "{name}@{request.database}" already exists')
    context.state.users.put(User(name, request.database, _credential(request), grants, custom))
    return {}


async def _update(context: Context, request: Request) -> dict[str, Any]:
    user = _existing(context, request)
    changes: dict[str, Any] = {}
    if 'pwd' in request.message.body:
        changes['credential'] = _credential(request)
    if 'roles' in request.message.body:
        changes['grants'] = _grants(request)
    if 'customData' in request.message.body:
        changes['custom_data'] = _custom_data(request)
    if not changes:
        raise CommandError(2, 'Must specify at least one field to update in updateUser')
    context.state.users.put(user, **changes)
    return {}


async def _drop(context: Context, request: Request) -> dict[str, Any]:
    context.state.users.remove(_existing(context, request))
    return {}


async def _drop_all(context: Context, request: Request) -> dict[str, Any]:
    gone = [user for user in context.state.users if user.database == request.database]
    context.state.users.remove(*gone)
    return {'n': len(gone)}


async def _grant(context: Context, request: Request) -> dict[str, Any]:
    user = _existing(context, request)
    context.state.users.put(user, grants=tuple(dict.fromkeys((*user.grants, *_grants(request)))))
    return {}


async def _revoke(context: Context, request: Request) -> dict[str, Any]:
    user, gone = _existing(context, request), _grants(request)
    context.state.users.put(user, grants=tuple(grant for grant in user.grants if grant not in gone))
    return {}


def _asked_for(context: Context, request: Request) -> list[User]:
    asked = request.get('usersInfo')
    if isinstance(asked, dict) and asked.get('forAllDBs') is True:
        return list(context.state.users)
    if isinstance(asked, int):
        return [user for user in context.state.users if user.database == request.database]
    found = []
    for item in asked if isinstance(asked, list) else [asked]:
        named = {'user': item, 'db': request.database} if isinstance(item, str) else item
        if not isinstance(named, dict):
            raise CommandError(2, 'UsersInfo: a user is a name, or a document with user and db')
        user = context.state.users.get(str(named.get('db', request.database)), str(named.get('user')))
        found += [user] if user else []
    return found


def _may_see(context: Context, request: Request) -> bool:
    """Whether this session may see a database's users; everyone may see themselves."""
    asked = request.get('usersInfo')
    if isinstance(asked, dict) and asked.get('forAllDBs') is True:
        return context.may('viewUser', 'admin') and context.may('viewUser', '*')
    me = context.user
    for item in asked if isinstance(asked, list) else [asked]:
        name, database = (item.get('user'), item.get('db')) if isinstance(item, dict) else (item, request.database)
        is_me = me is not None and (me.name, me.database) == (name, database)
        if not is_me and not context.may('viewUser', str(database)):
            return False
    return True


async def _info(context: Context, request: Request) -> dict[str, Any]:
    if not _may_see(context, request):
        raise refusal(request)
    with_credentials = request.get('showCredentials') is True
    found = []
    for user in _asked_for(context, request):
        shown = {**user.document(with_credentials=with_credentials), 'mechanisms': [scram.MECHANISM]}
        if request.get('showPrivileges') is True:
            shown['inheritedRoles'] = [grant.document() for grant in user.grants]
            shown['inheritedPrivileges'] = [roles.document(item) for item in roles.privileges(user.grants)]
        found.append(shown)
    return {'users': found}


HANDLERS: dict[str, Handler] = {
    'createUser': _create,
    'dropAllUsersFromDatabase': _drop_all,
    'dropUser': _drop,
    'grantRolesToUser': _grant,
    'revokeRolesFromUser': _revoke,
    'updateUser': _update,
    'usersInfo': _info,
}
WRITES = frozenset(HANDLERS) - {'usersInfo'}

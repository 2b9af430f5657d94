"""`hello`, logins, and a session's rights."""

import time
from typing import Any

from lab_mongodb import VERSION, roles, scram
from lab_mongodb.bson import Binary, Date
from lab_mongodb.context import Context, Handler, Login, Request
from lab_mongodb.errors import CommandError

# That of MongoDB 8.0.
_WIRE_VERSION = 25


def _failed() -> CommandError:
    return CommandError(18, 'Authentication failed.')


def _remember_client(context: Context, request: Request) -> None:
    client = request.get('client')
    if context.session.metadata is not None or not isinstance(client, dict):
        return
    context.session.metadata = client
    remote = context.session.client
    attributes = {'remote': remote, 'client': context.session.context, 'negotiatedCompressors': [], 'doc': client}
    context.state.log.write('NETWORK', 51800, context.session.context, 'client metadata', attributes)


async def _hello(context: Context, request: Request) -> dict[str, Any]:
    _remember_client(context, request)
    is_primary = context.state.replica.is_primary
    found: dict[str, Any] = {
        'helloOk': True,
        'isWritablePrimary' if request.name == 'hello' else 'ismaster': is_primary,
        **context.state.replica.hello(),
        'maxBsonObjectSize': 16 * 1024 * 1024,
        'maxMessageSizeBytes': 48_000_000,
        'maxWriteBatchSize': 100_000,
        'localTime': Date.of(time.time()),
        'logicalSessionTimeoutMinutes': 30,
        'connectionId': context.session.identifier,
        'minWireVersion': 0,
        'maxWireVersion': _WIRE_VERSION,
        'readOnly': False,
    }
    if 'saslSupportedMechs' in request.message.body:
        # The same for everyone, so that it doesn't reveal which users exist.
        found['saslSupportedMechs'] = [scram.MECHANISM]
    return found


def _log_login(context: Context, user: str, database: str, began: float, error: tuple[int, str] | None = None) -> None:
    attributes: dict[str, Any] = {
        'client': context.session.client,
        'isSpeculative': False,
        'isClusterMember': False,
        'mechanism': scram.MECHANISM,
        'user': user,
        'db': database,
    }
    if error is not None:
        attributes['error'] = error[1]
    attributes['result'] = error[0] if error else 0
    attributes['metrics'] = {'conversation_duration': {'micros': int((time.time() - began) * 1_000_000)}}
    attributes['extraInfo'] = {}
    identifier, message = (5286307, 'Failed to authenticate') if error else (5286306, 'Successfully authenticated')
    context.state.log.write('ACCESS', identifier, context.session.context, message, attributes)


def _payload(request: Request) -> bytes:
    found = request.message.body.get('payload')
    if not isinstance(found, Binary):
        raise CommandError(14, f"BSON field '{request.name}.payload' is the wrong type, expected type 'binData'")
    return found.data


async def _sasl_start(context: Context, request: Request) -> dict[str, Any]:
    session, database, began = context.session, request.database, time.time()
    session.login = None
    mechanism = request.text('mechanism')
    if mechanism != scram.MECHANISM:
        raise CommandError(334, f'Received authentication for mechanism {mechanism} which is not enabled')
    try:
        first = scram.FirstMessage.parse(_payload(request))
    except scram.ScramError as error:
        _log_login(context, '', database, began, (18, f'AuthenticationFailed: {error}'))
        raise _failed() from error
    user = context.state.users.get(database, first.user)
    if user is None:
        missing = f'UserNotFound: Could not find user "{first.user}" for db "{database}"'
        _log_login(context, first.user, database, began, (11, missing))
        raise _failed()
    options = request.get('options')
    skips = isinstance(options, dict) and options.get('skipEmptyExchange') is True
    session.login = Login(user, scram.Conversation(first, user.credential), skips, began)
    return {'conversationId': 1, 'done': False, 'payload': Binary(session.login.conversation.challenge)}


async def _sasl_continue(context: Context, request: Request) -> dict[str, Any]:
    session = context.session
    login, session.login = session.login, None
    if login is None:
        raise CommandError(17, 'No SASL session state found')
    user = login.user
    answer = b''
    if not login.is_proven:
        try:
            answer = login.conversation.finish(_payload(request))
        except scram.ScramError as error:
            why = f'AuthenticationFailed: {error}'
            _log_login(context, user.name, user.database, login.started, (18, why))
            raise _failed() from error
        if not login.skips_empty:
            login.is_proven, session.login = True, login
            return {'conversationId': 1, 'done': False, 'payload': Binary(answer)}
    session.key = (user.database, user.name, user.identifier)
    _log_login(context, user.name, user.database, login.started)
    return {'conversationId': 1, 'done': True, 'payload': Binary(answer)}


async def _logout(context: Context, request: Request) -> dict[str, Any]:
    if context.session.key is not None and context.session.key[0] == request.database:
        context.session.key = None
    return {}


async def _connection_status(context: Context, request: Request) -> dict[str, Any]:
    user = context.user
    found: dict[str, Any] = {
        'authenticatedUsers': [{'user': user.name, 'db': user.database}] if user else [],
        'authenticatedUserRoles': [grant.document() for grant in user.grants] if user else [],
    }
    if request.get('showPrivileges') is True:
        held = roles.privileges(user.grants) if user else ()
        found['authenticatedUserPrivileges'] = [roles.document(privilege) for privilege in held]
    return {'authInfo': found}


async def _ping(context: Context, request: Request) -> dict[str, Any]:
    return {}


async def _build_info(context: Context, request: Request) -> dict[str, Any]:
    return {
        'version': VERSION,
        'versionArray': [*map(int, VERSION.split('.')), 0],
        'gitVersion': 'lab',
        # Says that this is not MongoDB.
        'lab': True,
        'modules': [],
        'allocator': 'system',
        'javascriptEngine': 'none',
        'bits': 64,
        'debug': False,
        'maxBsonObjectSize': 16 * 1024 * 1024,
        'storageEngines': ['ferretdb'],
    }


async def _whats_my_uri(context: Context, request: Request) -> dict[str, Any]:
    return {'you': context.session.client}


HANDLERS: dict[str, Handler] = {
    'buildInfo': _build_info,
    'connectionStatus': _connection_status,
    'hello': _hello,
    'isMaster': _hello,
    'logout': _logout,
    'ping': _ping,
    'saslContinue': _sasl_continue,
    'saslStart': _sasl_start,
    'whatsmyuri': _whats_my_uri,
}

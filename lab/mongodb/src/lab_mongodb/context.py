"""What a command runs with: the server's state, the client's session, and the request."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from lab_mongodb import bson, roles, scram, wire
from lab_mongodb.backend import Backend, Link
from lab_mongodb.config import Config
from lab_mongodb.counters import Counters
from lab_mongodb.errors import CommandError
from lab_mongodb.log import Log
from lab_mongodb.replica import Replica
from lab_mongodb.users import User, Users

# Fields that must not appear in logs or messages.
_SECRET = {
    'createUser': ('pwd',),
    'updateUser': ('pwd',),
    'saslStart': ('payload',),
    'saslContinue': ('payload',),
    'hello': ('speculativeAuthenticate',),
    'isMaster': ('speculativeAuthenticate',),
}
# Commands whose value is a collection's name; for others it may be a user's name, for example.
_OF_COLLECTIONS = frozenset(
    ['aggregate', 'collMod', 'collStats', 'compact', 'count', 'create', 'createIndexes', 'delete', 'distinct', 'drop']
    + ['dropIndexes', 'find', 'findAndModify', 'insert', 'killCursors', 'listIndexes', 'update', 'validate']
)
# Like the real server, truncates longer commands in the log.
_LONGEST_SHOWN = 10_240


@dataclass
class Request:
    """A command, with its name as spelled in the table."""

    name: str
    message: wire.Message

    @property
    def database(self) -> str:
        """The database it applies to."""
        found = self.message.body.get('$db')
        return found if isinstance(found, str) else 'admin'

    @property
    def subject(self) -> Any:
        """The value of the command's own field, usually a collection."""
        return next(iter(self.message.body.values()))

    @property
    def collection(self) -> str:
        """The collection it applies to, or an empty string."""
        if self.name == 'getMore':
            found = self.message.body.get('collection')
        else:
            found = self.subject if self.name in _OF_COLLECTIONS else ''
        return found if isinstance(found, str) else ''

    @property
    def namespace(self) -> str:
        """Database and collection, as the log shows them."""
        return f'{self.database}.{self.collection or "$cmd"}'

    def get(self, name: str, otherwise: Any = None) -> Any:
        """A decoded field."""
        return bson.full(self.message.body.get(name, otherwise))

    def text(self, name: str) -> str:
        """A field that must be a string."""
        value = self.message.body.get(name)
        if not isinstance(value, str):
            raise CommandError(14, f"BSON field '{self.name}.{name}' is the wrong type, expected type 'string'")
        return value

    def shown(self) -> dict[str, Any]:
        """The command without its secrets."""
        secret = _SECRET.get(self.name, ())
        return {name: 'xxx' if name in secret else value for name, value in self.message.body.items()}

    def cut(self) -> dict[str, Any]:
        """The same for the log, truncated if necessary."""
        if self.message.size <= _LONGEST_SHOWN:
            return self.shown()
        small = {name: value for name, value in self.shown().items() if not isinstance(value, bson.Raw | bytes)}
        return {**small, '$truncated': f'{self.message.size} bytes'}


@dataclass
class Login:
    """A login in progress."""

    user: User
    conversation: scram.Conversation
    skips_empty: bool
    started: float
    is_proven: bool = False


@dataclass
class Operation:
    """What a session is doing."""

    identifier: int
    request: Request
    started: float = field(default_factory=time.time)


@dataclass
class Session:
    """One client's connection."""

    identifier: int
    client: str
    is_local: bool
    link: Link
    metadata: dict[str, Any] | None = None
    login: Login | None = None
    # Database, name and id of the logged-in user.
    key: tuple[str, str, bytes] | None = None
    operation: Operation | None = None

    @property
    def context(self) -> str:
        """Its name in the log."""
        return f'conn{self.identifier}'

    @property
    def application(self) -> str:
        """The program's name, as sent by the driver."""
        application = (self.metadata or {}).get('application')
        return str(application.get('name', '')) if isinstance(application, dict) else ''


@dataclass
class State:
    """State shared by all sessions."""

    config: Config
    log: Log
    users: Users
    counters: Counters
    replica: Replica
    backend: Backend
    host: str
    argv: list[str]
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    sessions: dict[int, Session] = field(default_factory=dict)
    # The owner of each open cursor.
    cursors: dict[int, tuple[str, str, bytes] | None] = field(default_factory=dict)


@dataclass
class Context:
    """State and session."""

    state: State
    session: Session

    @property
    def user(self) -> User | None:
        """The logged-in user, as currently stored in the users file."""
        if self.session.key is None:
            return None
        database, name, identifier = self.session.key
        found = self.state.users.get(database, name)
        return found if found is not None and found.identifier == identifier else None

    @property
    def has_exception(self) -> bool:
        """Whether the localhost exception applies: on loopback, until a user exists."""
        is_open = self.state.config.localhost_exception and len(self.state.users) == 0
        return is_open and self.session.is_local

    def held(self) -> tuple[roles.Privilege, ...]:
        """This session's rights."""
        if (user := self.user) is not None:
            return roles.privileges(user.grants)
        return roles.LOCALHOST_EXCEPTION if self.has_exception else ()

    def may(self, action: str, database: str | None, collection: str = '') -> bool:
        """Whether this session may perform an action."""
        if not self.state.config.authorization:
            return True
        return roles.allowed(self.held(), action, database, collection)


# A reply is a document, or the bytes of FerretDB's reply.
Handler = Callable[[Context, Request], Awaitable[dict[str, Any] | bytes]]

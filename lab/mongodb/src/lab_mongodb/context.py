"""What a command is carried out with: the server's state, the client's session, the request."""

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

# Fields that no log and no message may show.
_SECRET = {
    'createUser': ('pwd',),
    'updateUser': ('pwd',),
    'saslStart': ('payload',),
    'saslContinue': ('payload',),
    'hello': ('speculativeAuthenticate',),
    'isMaster': ('speculativeAuthenticate',),
}
# Commands whose value is a collection's name; that of others may be a user's, say.
_OF_COLLECTIONS = frozenset(
    ['aggregate', 'collMod', 'collStats', 'compact', 'count', 'create', 'createIndexes', 'delete', 'distinct', 'drop']
    + ['dropIndexes', 'find', 'findAndModify', 'insert', 'killCursors', 'listIndexes', 'update', 'validate']
)
# As the real server: a longer command is cut in the log.
_LONGEST_SHOWN = 10_240


@dataclass
class Request:
    """A command, its name in the one spelling that the table has."""

    name: str
    message: wire.Message

    @property
    def database(self) -> str:
        """The database that it is for."""
        found = self.message.body.get('$db')
        return found if isinstance(found, str) else 'admin'

    @property
    def subject(self) -> Any:
        """The value of the command's own name: most often a collection."""
        return next(iter(self.message.body.values()))

    @property
    def collection(self) -> str:
        """The collection that it is for, or an empty string."""
        if self.name == 'getMore':
            found = self.message.body.get('collection')
        else:
            found = self.subject if self.name in _OF_COLLECTIONS else ''
        return found if isinstance(found, str) else ''

    @property
    def namespace(self) -> str:
        """Database and collection, as the log has them."""
        return f'{self.database}.{self.collection or "$cmd"}'

    def get(self, name: str, otherwise: Any = None) -> Any:
        """A field, decoded."""
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
        """The same for the log: shortened if need be."""
        if self.message.size <= _LONGEST_SHOWN:
            return self.shown()
        small = {name: value for name, value in self.shown().items() if not isinstance(value, bson.Raw | bytes)}
        return {**small, '$truncated': f'{self.message.size} bytes'}


@dataclass
class Login:
    """A login that has begun."""

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
    # Database, name and identifier of the user who is logged in.
    key: tuple[str, str, bytes] | None = None
    operation: Operation | None = None

    @property
    def context(self) -> str:
        """The log's name for it."""
        return f'conn{self.identifier}'

    @property
    def application(self) -> str:
        """What the driver calls its program."""
        application = (self.metadata or {}).get('application')
        return str(application.get('name', '')) if isinstance(application, dict) else ''


@dataclass
class State:
    """All that sessions share."""

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
    # Whose each open cursor is.
    cursors: dict[int, tuple[str, str, bytes] | None] = field(default_factory=dict)


@dataclass
class Context:
    """State and session together."""

    state: State
    session: Session

    @property
    def user(self) -> User | None:
        """Who is logged in, as the users' file has it now."""
        if self.session.key is None:
            return None
        database, name, identifier = self.session.key
        found = self.state.users.get(database, name)
        return found if found is not None and found.identifier == identifier else None

    @property
    def has_exception(self) -> bool:
        """Whether the localhost exception holds: from this machine, until there is a user."""
        is_open = self.state.config.localhost_exception and len(self.state.users) == 0
        return is_open and self.session.is_local

    def held(self) -> tuple[roles.Privilege, ...]:
        """What this session is allowed."""
        if (user := self.user) is not None:
            return roles.privileges(user.grants)
        return roles.LOCALHOST_EXCEPTION if self.has_exception else ()

    def may(self, action: str, database: str | None, collection: str = '') -> bool:
        """Whether this session may do something."""
        if not self.state.config.authorization:
            return True
        return roles.allowed(self.held(), action, database, collection)


# An answer is a document, or the bytes of FerretDB's.
Handler = Callable[[Context, Request], Awaitable[dict[str, Any] | bytes]]

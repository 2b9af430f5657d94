"""Users and their file, which has mode 0600, is replaced atomically and contains no passwords."""

import os
import uuid
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lab_mongodb import bson, scram
from lab_mongodb.roles import Grant


@dataclass(frozen=True)
class User:
    """A user of one database; the same name on another database is a different user."""

    name: str
    database: str
    credential: scram.Credential
    grants: tuple[Grant, ...] = ()
    custom_data: dict[str, Any] | None = None
    identifier: bytes = field(default_factory=lambda: uuid.uuid4().bytes)

    def document(self, *, with_credentials: bool = False) -> dict[str, Any]:
        """As in admin.system.users and usersInfo."""
        found: dict[str, Any] = {
            '_id': f'{self.database}.{self.name}',
            'userId': bson.Binary(self.identifier, 4),
            'user': self.name,
            'db': self.database,
        }
        if with_credentials:
            found['credentials'] = {scram.MECHANISM: _credential_document(self.credential)}
        if self.custom_data is not None:
            found['customData'] = self.custom_data
        found['roles'] = [grant.document() for grant in self.grants]
        return found

    @classmethod
    def parse(cls, found: dict[str, Any]) -> 'User':
        """From a document in the file."""
        kept = found['credentials'][scram.MECHANISM]
        salt, stored, server = (kept[name].data for name in ('salt', 'storedKey', 'serverKey'))
        return cls(
            name=found['user'],
            database=found['db'],
            credential=scram.Credential(kept['iterationCount'], salt, stored, server),
            grants=tuple(Grant(role['role'], role['db']) for role in found['roles']),
            custom_data=found.get('customData'),
            identifier=found['userId'].data,
        )


def _credential_document(credential: scram.Credential) -> dict[str, Any]:
    return {
        'iterationCount': credential.iterations,
        'salt': bson.Binary(credential.salt),
        'storedKey': bson.Binary(credential.stored_key),
        'serverKey': bson.Binary(credential.server_key),
    }


def write_private(path: Path, content: bytes) -> None:
    """Replaces a file; whatever the umask, nobody else may read it."""
    temporary = path.with_name(f'{path.name}.new')
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 'wb') as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


class Users:
    """All users. Changes take effect only once they are on disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._users: dict[tuple[str, str], User] = {}
        if path.exists():
            for found in bson.decode(path.read_bytes())['users']:
                user = User.parse(found)
                self._users[user.database, user.name] = user

    def __iter__(self) -> Any:
        return iter(self._users.values())

    def __len__(self) -> int:
        return len(self._users)

    def get(self, database: str, name: str) -> User | None:
        """A user by database and name."""
        return self._users.get((database, name))

    def put(self, user: User, **changes: Any) -> None:
        """Adds a user or replaces it."""
        changed = replace(user, **changes)
        self._save({**self._users, (changed.database, changed.name): changed})

    def remove(self, *gone: User) -> None:
        """Removes users."""
        self._save({key: user for key, user in self._users.items() if user not in gone})

    def _save(self, users: dict[tuple[str, str], User]) -> None:
        documents = [user.document(with_credentials=True) for user in users.values()]
        write_private(self._path, bson.encode({'users': documents}))
        self._users = users

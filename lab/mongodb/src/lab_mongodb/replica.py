"""A replica set with only this member: its configuration, stored in a file, and its status."""

import time
from pathlib import Path
from typing import Any

from lab_mongodb import bson
from lab_mongodb.bson import Date, Int64, ObjectId, Timestamp
from lab_mongodb.errors import CommandError
from lab_mongodb.users import write_private

_TERM = Int64(1)


class Replica:
    """The set named in the configuration, initiated or not; without a name there is none."""

    def __init__(self, path: Path, name: str | None, address: str) -> None:
        self._path, self.name, self._address = path, name, address
        self.config: dict[str, Any] | None = None
        # The file is for a set of another name: this is not a member of that set, and must not overwrite it.
        self.is_foreign = False
        if name is not None and path.exists():
            kept: dict[str, Any] = bson.decode(path.read_bytes())
            self.is_foreign = kept['_id'] != name
            self.config = None if self.is_foreign else kept
        self._since = time.time()

    @property
    def is_primary(self) -> bool:
        """Whether data may be read and written; always true without a replica set."""
        return self.name is None or self.config is not None

    def require(self) -> dict[str, Any]:
        """The configuration; raises an error if there is none."""
        if self.name is None:
            raise CommandError(76, 'not running with --replSet')
        if self.config is None:
            raise CommandError(94, 'no replset config has been received')
        return self.config

    def initiate(self, given: dict[str, Any] | None) -> None:
        """Initiates the set."""
        if self.name is None:
            raise CommandError(76, 'This node was not started with replication enabled.')
        if self.config is not None or self.is_foreign:
            raise CommandError(23, 'already initialized')
        members = given.get('members') if given else [{'_id': 0, 'host': self._address}]
        identifier = given.get('_id') if given else self.name
        if identifier != self.name:
            wrong = f'Attempting to initiate a replica set with name {identifier}, but command line reports {self.name}'
            raise CommandError(93, f'{wrong}; rejecting')
        if not isinstance(members, list) or len(members) != 1:
            raise CommandError(93, 'the lab has replica sets of one member only')
        member = members[0]
        if not isinstance(member, dict) or not isinstance(member.get('host'), str):
            raise CommandError(93, 'a member has no host')
        config = {
            '_id': self.name,
            'version': 1,
            'term': _TERM,
            'members': [
                {
                    '_id': int(member.get('_id', 0)),
                    'host': member['host'] if ':' in member['host'] else f'{member["host"]}:27017',
                    'arbiterOnly': False,
                    'buildIndexes': True,
                    'hidden': False,
                    'priority': 1,
                    'tags': {},
                    'secondaryDelaySecs': Int64(0),
                    'votes': 1,
                }
            ],
            'protocolVersion': Int64(1),
            'writeConcernMajorityJournalDefault': True,
            'settings': {'chainingAllowed': True, 'heartbeatIntervalMillis': 2000, 'electionTimeoutMillis': 10000},
        }
        write_private(self._path, bson.encode(config))
        self.config, self._since = config, time.time()

    def hello(self) -> dict[str, Any]:
        """The fields of `hello` about the set."""
        if self.name is None:
            return {}
        if self.config is None:
            return {'isreplicaset': True, 'info': 'Does not have a valid replica set config', 'secondary': False}
        host = self.config['members'][0]['host']
        now = time.time()
        return {
            'hosts': [host],
            'setName': self.name,
            'setVersion': self.config['version'],
            'secondary': False,
            'primary': host,
            'me': host,
            'electionId': ObjectId(bytes.fromhex('7fffffff0000000000000001')),
            'lastWrite': {'opTime': self._optime(now), 'lastWriteDate': Date.of(int(now))},
        }

    @staticmethod
    def _optime(now: float) -> dict[str, Any]:
        return {'ts': Timestamp(int(now), 1), 't': _TERM}

    def status(self) -> dict[str, Any]:
        """The reply to replSetGetStatus."""
        config = self.require()
        now = time.time()
        member = config['members'][0]
        optime = self._optime(now)
        return {
            'set': self.name,
            'date': Date.of(now),
            'myState': 1,
            'term': _TERM,
            'syncSourceHost': '',
            'syncSourceId': -1,
            'heartbeatIntervalMillis': Int64(2000),
            'majorityVoteCount': 1,
            'writeMajorityCount': 1,
            'votingMembersCount': 1,
            'writableVotingMembersCount': 1,
            'optimes': {'lastCommittedOpTime': optime, 'appliedOpTime': optime, 'durableOpTime': optime},
            'members': [
                {
                    '_id': member['_id'],
                    'name': member['host'],
                    'health': 1.0,
                    'state': 1,
                    'stateStr': 'PRIMARY',
                    'uptime': int(now - self._since),
                    'optime': optime,
                    'optimeDate': Date.of(int(now)),
                    'syncSourceHost': '',
                    'syncSourceId': -1,
                    'infoMessage': '',
                    'electionTime': Timestamp(int(self._since), 1),
                    'electionDate': Date.of(int(self._since)),
                    'configVersion': config['version'],
                    'configTerm': _TERM,
                    'self': True,
                    'lastHeartbeatMessage': '',
                }
            ],
        }

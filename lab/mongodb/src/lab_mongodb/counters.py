"""Counters since the start: bytes, requests, operations, time per collection."""

import resource
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab_mongodb import bson, wire
from lab_mongodb.bson import Int64

_PAGE = resource.getpagesize()
# The counter for each command; all others count as `command`. Since MongoDB 7.1 aggregations are queries.
_OPERATIONS = {'find': 'query', 'aggregate': 'query', 'getMore': 'getmore'}
# Commands that count documents or statements instead, with the field that has them.
_MANY = {'insert': ('insert', 'documents'), 'update': ('update', 'updates'), 'delete': ('delete', 'deletes')}
_TOP = {
    'find': ('queries', 'readLock'),
    'getMore': ('getmore', 'readLock'),
    'insert': ('insert', 'writeLock'),
    'update': ('update', 'writeLock'),
    'delete': ('remove', 'writeLock'),
}
_TOP_PARTS = ('total', 'readLock', 'writeLock', 'queries', 'getmore', 'insert', 'update', 'remove', 'commands')


def _how_many(message: wire.Message, name: str) -> int:
    if name in message.sequences:
        return sum(1 for _ in bson.documents(message.sequences[name]))
    value = message.body.get(name)
    return len(bson.split(value.data)) if isinstance(value, bson.Raw) else 0


@dataclass
class Counters:
    """Counters, and the open connections."""

    started: float = field(default_factory=time.time)
    bytes_in: int = 0
    bytes_out: int = 0
    requests: int = 0
    connections: int = 0
    open: int = 0
    rejected: int = 0
    user_asserts: int = 0
    operations: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(('insert', 'query', 'update', 'delete', 'getmore', 'command'), 0)
    )
    _top: dict[str, dict[str, list[int]]] = field(default_factory=dict)

    def count(self, name: str, message: wire.Message) -> None:
        """Counts a command under its kind."""
        if name in _MANY:
            kind, where = _MANY[name]
            self.operations[kind] += _how_many(message, where)
        else:
            self.operations[_OPERATIONS.get(name, 'command')] += 1

    def spend(self, name: str, namespace: str, microseconds: int) -> None:
        """Adds a command's time to its collection's."""
        parts = self._top.setdefault(namespace, {part: [0, 0] for part in _TOP_PARTS})
        for part in ('total', *_TOP.get(name, ('commands', 'readLock'))):
            parts[part][0] += microseconds
            parts[part][1] += 1

    def top(self) -> dict[str, Any]:
        """The totals for the command `top`."""
        totals: dict[str, Any] = {'note': 'all times in microseconds'}
        for namespace, parts in sorted(self._top.items()):
            totals[namespace] = {
                part: {'time': Int64(spent), 'count': Int64(count)} for part, (spent, count) in parts.items()
            }
        return totals

    def sections(self, most_connections: int) -> dict[str, Any]:
        """The sections of serverStatus with these counters."""
        return {
            'asserts': {
                'regular': 0,
                'warning': 0,
                'msg': 0,
                'user': self.user_asserts,
                'tripwire': 0,
                'rollovers': 0,
            },
            'connections': {
                'current': self.open,
                'available': max(most_connections - self.open, 0),
                'totalCreated': self.connections,
                'rejected': self.rejected,
                'active': 1,
            },
            'network': {
                'bytesIn': Int64(self.bytes_in),
                'bytesOut': Int64(self.bytes_out),
                'numRequests': Int64(self.requests),
            },
            'opcounters': {name: Int64(count) for name, count in self.operations.items()},
        }


def processes(*identifiers: int) -> dict[str, Any]:
    """Total memory and page faults of processes, as in serverStatus."""
    virtual = resident = faults = 0
    for identifier in identifiers:
        try:
            folder = Path('/proc', str(identifier))
            pages = [int(number) for number in (folder / 'statm').read_text().split()]
            # After the name, which may contain spaces: state is field 1, major faults field 10.
            faults += int((folder / 'stat').read_text().rpartition(')')[2].split()[9])
        except (OSError, ValueError, IndexError):
            continue
        virtual, resident = virtual + pages[0] * _PAGE, resident + pages[1] * _PAGE
    mebibyte = 1024 * 1024
    return {
        'extra_info': {'note': 'fields vary by platform', 'page_faults': Int64(faults)},
        'mem': {'bits': 64, 'resident': resident // mebibyte, 'virtual': virtual // mebibyte, 'supported': True},
    }

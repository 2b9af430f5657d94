"""MongoDB's wire protocol: OP_MSG, and OP_QUERY for a driver's first `hello`."""

import asyncio
import itertools
import struct
from dataclasses import dataclass, field
from typing import Any

from lab_mongodb import bson

OP_REPLY, OP_QUERY, OP_MSG = 1, 2004, 2013
CHECKSUM, MORE_TO_COME = 1, 2
LONGEST = 48_000_000
_HEADER = struct.Struct('<iiii')
_identifiers = itertools.count(1)


class WireError(Exception):
    """A message after which the connection must be closed."""


@dataclass
class Message:
    """A received command: the first level of its body, and its document sequences."""

    identifier: int
    opcode: int
    body: dict[str, Any]
    size: int
    more_to_come: bool = False
    sequences: dict[str, bytes] = field(default_factory=dict)


async def read(reader: asyncio.StreamReader) -> bytes | None:
    """The next message, including its header; None if the peer has closed the connection."""
    try:
        header = await reader.readexactly(_HEADER.size)
        size = _HEADER.unpack(header)[0]
        if not _HEADER.size < size <= LONGEST:
            raise WireError(f'a message of {size} bytes')
        return header + await reader.readexactly(size - _HEADER.size)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


def parse(data: bytes) -> Message:
    """Parses a request."""
    size, identifier, _, opcode = _HEADER.unpack_from(data)
    try:
        if opcode == OP_MSG:
            return _parse_message(data, Message(identifier, opcode, {}, size))
        if opcode == OP_QUERY:
            # Flags, the collection's name, the numbers to skip and to return, the command.
            start = data.index(0, _HEADER.size + 4) + 9
            database = data[_HEADER.size + 4 : start - 9].decode().partition('.')[0]
            query = next(bson.documents(data[start:]))
            body = bson.split(query)
            if isinstance(nested := body.get('$query'), bson.Raw):
                body = bson.split(nested.data)
            return Message(identifier, opcode, {**body, '$db': database}, size)
    except (bson.BsonError, struct.error, ValueError, StopIteration) as error:
        raise WireError(str(error)) from error
    raise WireError(f'no operation {opcode} here')


def _parse_message(data: bytes, message: Message) -> Message:
    (flags,) = struct.unpack_from('<I', data, _HEADER.size)
    if flags & 0xFFFF & ~(CHECKSUM | MORE_TO_COME):
        raise WireError(f'flags {flags:#x}')
    message.more_to_come = bool(flags & MORE_TO_COME)
    at, end = _HEADER.size + 4, len(data) - (4 if flags & CHECKSUM else 0)
    has_body = False
    while at < end:
        kind = data[at]
        (size,) = struct.unpack_from('<i', data, at + 1)
        section = data[at + 1 : at + 1 + size]
        if size < 5 or at + 1 + size > end:
            raise WireError('a section is longer than its message')
        if kind == 0 and not has_body:
            message.body, has_body = bson.split(section), True
        elif kind == 1:
            name, _, documents = section[4:].partition(b'\0')
            message.sequences[name.decode()] = documents
        else:
            raise WireError(f'a section of kind {kind}')
        at += 1 + size
    if not has_body:
        raise WireError('a message without a body')
    return message


def request(body: dict[str, Any], sequences: dict[str, bytes] | None = None) -> bytes:
    """A command for FerretDB."""
    parts = [struct.pack('<I', 0), b'\0', bson.encode(body)]
    for name, documents in (sequences or {}).items():
        section = name.encode() + b'\0' + documents
        parts += [b'\1', struct.pack('<i', len(section) + 4), section]
    return _framed(b''.join(parts), 0, OP_MSG)


def reply(to: Message, document: bytes) -> bytes:
    """The reply to a request, in the request's own format."""
    if to.opcode == OP_QUERY:
        return _framed(struct.pack('<iqii', 8, 0, 0, 1) + document, to.identifier, OP_REPLY)
    return _framed(struct.pack('<IB', 0, 0) + document, to.identifier, OP_MSG)


def answered(data: bytes) -> bytes:
    """The document of a reply."""
    try:
        if _HEADER.unpack_from(data)[3] != OP_MSG or data[_HEADER.size + 4] != 0:
            raise WireError('an answer without a body')
        start = _HEADER.size + 5
        return data[start : start + struct.unpack_from('<i', data, start)[0]]
    except (struct.error, IndexError) as error:
        raise WireError(str(error)) from error


def _framed(content: bytes, to: int, opcode: int) -> bytes:
    identifier = next(_identifiers) & 0x7FFFFFFF
    return _HEADER.pack(len(content) + _HEADER.size, identifier, to, opcode) + content

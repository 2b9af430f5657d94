"""BSON to Python and back. Types that Python lacks are kept as bytes, so that nothing passed on is changed."""

import base64
import datetime
import json
import struct
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

DOCUMENT, ARRAY = 0x03, 0x04
# Like the real server, rejects deeper documents.
DEEPEST = 180


class BsonError(Exception):
    """Invalid BSON."""


class Int64(int):
    """An integer that is always written in eight bytes, however small."""


@dataclass(frozen=True)
class Binary:
    """Bytes with their subtype: 0 is general, 4 a UUID."""

    data: bytes
    subtype: int = 0


@dataclass(frozen=True)
class ObjectId:
    """The twelve bytes of an ObjectId."""

    data: bytes


@dataclass(frozen=True)
class Date:
    """Milliseconds since 1970."""

    milliseconds: int

    @classmethod
    def of(cls, seconds: float) -> 'Date':
        """The date for a number of seconds since 1970."""
        return cls(int(seconds * 1000))


@dataclass(frozen=True)
class Timestamp:
    """A replication timestamp."""

    seconds: int
    increment: int


@dataclass(frozen=True)
class Raw:
    """An undecoded document or array."""

    kind: int
    data: bytes


@dataclass(frozen=True)
class Opaque:
    """A value of a type that is only passed on, such as a regular expression or Decimal128."""

    kind: int
    data: bytes


TYPE_NAMES = {0x06: 'undefined', 0x0B: 'regex', 0x0D: 'code', 0x0F: 'code', 0x13: 'decimal', 0x7F: 'max', 0xFF: 'min'}


def _integer(data: bytes, at: int) -> int:
    return int(struct.unpack_from('<i', data, at)[0])


def _cstring(data: bytes, at: int) -> tuple[str, int]:
    end = data.index(0, at)
    return data[at:end].decode(), end + 1


def _part(data: bytes, at: int, size: int) -> bytes:
    if size < 0 or at + size > len(data):
        raise BsonError('a value is longer than its document')
    return data[at : at + size]


def _string(data: bytes, at: int) -> bytes:
    found = _part(data, at, 4 + _integer(data, at))
    if len(found) < 5 or found[-1] != 0:
        raise BsonError('a string without an end')
    return found


def _opaque_size(kind: int, data: bytes, at: int) -> int:
    if kind in (0x06, 0x7F, 0xFF):
        return 0
    if kind == 0x0B:
        return _cstring(data, _cstring(data, at)[1])[1] - at
    if kind in (0x0C, 0x0D, 0x0E):
        return len(_string(data, at)) + (12 if kind == 0x0C else 0)
    if kind == 0x0F:
        return _integer(data, at)
    if kind == 0x13:
        return 16
    raise BsonError(f'no BSON type 0x{kind:02x}')


def _value(kind: int, data: bytes, at: int, depth: int) -> tuple[Any, int]:
    """A value, and the position of the next one; depth is the number of levels still to decode."""
    if kind in (DOCUMENT, ARRAY):
        part = _part(data, at, _integer(data, at))
        if depth == 0:
            return Raw(kind, part), at + len(part)
        decoded = _decode(part, depth - 1)
        return (decoded if kind == DOCUMENT else list(decoded.values())), at + len(part)
    if kind == 0x02:
        text = _string(data, at)
        return text[4:-1].decode(), at + len(text)
    if kind == 0x05:
        size = _integer(data, at)
        return Binary(_part(data, at + 5, size), data[at + 4]), at + 5 + size
    if kind == 0x0A:
        return None, at
    if kind == 0x08:
        return data[at] != 0, at + 1
    if kind == 0x07:
        return ObjectId(_part(data, at, 12)), at + 12
    if kind == 0x01:
        return struct.unpack_from('<d', data, at)[0], at + 8
    if kind == 0x10:
        return _integer(data, at), at + 4
    if kind in (0x09, 0x12):
        (number,) = struct.unpack_from('<q', data, at)
        return (Date(number) if kind == 0x09 else Int64(number)), at + 8
    if kind == 0x11:
        increment, seconds = struct.unpack_from('<II', data, at)
        return Timestamp(seconds, increment), at + 8
    size = _opaque_size(kind, data, at)
    return Opaque(kind, _part(data, at, size)), at + size


def _decode(data: bytes, depth: int) -> dict[str, Any]:
    if len(data) < 5 or _integer(data, 0) != len(data) or data[-1] != 0:
        raise BsonError('a document without an end')
    found: dict[str, Any] = {}
    at = 4
    while at < len(data) - 1:
        kind = data[at]
        name, at = _cstring(data, at + 1)
        found[name], at = _value(kind, data, at, depth)
    if at != len(data) - 1:
        raise BsonError('a value is longer than its document')
    return found


def _guarded(data: bytes, depth: int) -> dict[str, Any]:
    try:
        return _decode(data, depth)
    except (struct.error, IndexError, ValueError) as error:
        raise BsonError(str(error)) from error


def decode(data: bytes) -> dict[str, Any]:
    """A fully decoded document."""
    found = _guarded(data, DEEPEST)
    if _has_raw(found):
        raise BsonError(f'a document nested more than {DEEPEST} deep')
    return found


def _has_raw(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_raw, value.values()))
    return any(map(_has_raw, value)) if isinstance(value, list) else isinstance(value, Raw)


def split(data: bytes) -> dict[str, Any]:
    """The first level of a document; nested values stay Raw. Cheap even for large documents."""
    return _guarded(data, 0)


def full(value: Any) -> Any:
    """Decodes a value from split()."""
    if not isinstance(value, Raw):
        return value
    decoded = decode(value.data)
    return decoded if value.kind == DOCUMENT else list(decoded.values())


def documents(data: bytes) -> Iterator[bytes]:
    """The documents of a sequence."""
    at = 0
    while at < len(data):
        size = _integer(data, at) if len(data) - at >= 5 else 0
        if size < 5 or at + size > len(data):
            raise BsonError('a document is longer than its sequence')
        yield data[at : at + size]
        at += size


def _encoded(value: Any) -> tuple[int, bytes]:
    match value:
        case bool():
            return 0x08, bytes([value])
        case Int64():
            return 0x12, struct.pack('<q', value)
        case int():
            return (0x10, struct.pack('<i', value)) if -(2**31) <= value < 2**31 else (0x12, struct.pack('<q', value))
        case float():
            return 0x01, struct.pack('<d', value)
        case str():
            text = value.encode()
            return 0x02, struct.pack('<i', len(text) + 1) + text + b'\0'
        case None:
            return 0x0A, b''
        case dict():
            return DOCUMENT, encode(value)
        case list() | tuple():
            return ARRAY, encode({str(index): item for index, item in enumerate(value)})
        case Raw() | Opaque():
            return value.kind, value.data
        case Binary():
            return 0x05, struct.pack('<iB', len(value.data), value.subtype) + value.data
        case ObjectId():
            return 0x07, value.data
        case Date():
            return 0x09, struct.pack('<q', value.milliseconds)
        case Timestamp():
            return 0x11, struct.pack('<II', value.increment, value.seconds)
    raise TypeError(f'{type(value).__name__} has no BSON type here')


def encode(document: dict[str, Any]) -> bytes:
    """Encodes a document."""
    parts = []
    for name, value in document.items():
        kind, data = _encoded(value)
        parts.append(bytes([kind]) + name.encode() + b'\0' + data)
    body = b''.join(parts)
    return struct.pack('<i', len(body) + 5) + body + b'\0'


def _iso(date: Date) -> str:
    try:
        moment = datetime.datetime.fromtimestamp(date.milliseconds / 1000, datetime.UTC)
    except (ValueError, OverflowError, OSError):
        return str(date.milliseconds)
    return moment.isoformat(timespec='milliseconds').replace('+00:00', 'Z')


def plain(value: Any) -> Any:
    """A value in MongoDB's extended JSON, for the log."""
    match value:
        case dict():
            return {name: plain(item) for name, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case Raw():
            return plain(full(value))
        case ObjectId():
            return {'$oid': value.data.hex()}
        case Date():
            return {'$date': _iso(value)}
        case Timestamp():
            return {'$timestamp': {'t': value.seconds, 'i': value.increment}}
        case Binary(data, 4) if len(data) == 16:
            return {'$uuid': str(uuid.UUID(bytes=data))}
        case Binary():
            encoded = base64.b64encode(value.data).decode()
            return {'$binary': {'base64': encoded, 'subType': f'{value.subtype:x}'}}
        case Opaque():
            return {f'${TYPE_NAMES.get(value.kind, "value")}': base64.b64encode(value.data).decode()}
        case float() if value != value or value in (float('inf'), float('-inf')):
            return {'$numberDouble': str(value)}
    return value


def text(value: Any) -> str:
    """A value as MongoDB's messages show it."""
    match value:
        case dict():
            inner = ', '.join(f'{name}: {text(item)}' for name, item in value.items())
            return f'{{ {inner} }}' if inner else '{}'
        case list() | tuple():
            inner = ', '.join(text(item) for item in value)
            return f'[ {inner} ]' if inner else '[]'
        case Raw():
            return text(full(value))
        case ObjectId():
            return f"ObjectId('{value.data.hex()}')"
        case Date():
            return f'new Date({value.milliseconds})'
        case Timestamp():
            return f'Timestamp({value.seconds}, {value.increment})'
        case Binary(data, 4) if len(data) == 16:
            return f'UUID("{uuid.UUID(bytes=data)}")'
        case Binary():
            return f'BinData({value.subtype}, {value.data.hex().upper()})'
        case Opaque():
            return f'<{TYPE_NAMES.get(value.kind, "value")}>'
        case float():
            return repr(value)
    return json.dumps(value, ensure_ascii=False)

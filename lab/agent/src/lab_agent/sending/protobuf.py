"""A minimal Protocol Buffers encoder, with only what payloads need.

Like any proto3 writer, it omits fields with their default value. Wire types: 0 varint, 1 eight bytes,
2 length-delimited.
"""

import struct
from collections.abc import Iterable, Mapping

_64_BITS = (1 << 64) - 1


def varint(value: int) -> bytes:
    """Seven bits per byte, lowest first. A negative number is its 64-bit two's complement, which takes ten bytes."""
    value &= _64_BITS
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)


def _tag(number: int, wire: int) -> bytes:
    return varint(number << 3 | wire)


def message(number: int, encoded: bytes) -> bytes:
    """A nested message; written even if it is empty, as entries of a repeated field must be."""
    return _tag(number, 2) + varint(len(encoded)) + encoded


def _text(number: int, value: str) -> bytes:
    return message(number, value.encode('utf-8', 'replace'))


def _double(number: int, value: float) -> bytes:
    return _tag(number, 1) + struct.pack('<d', value)


def string(number: int, value: str) -> bytes:
    return _text(number, value) if value else b''


def strings(number: int, values: Iterable[str]) -> bytes:
    """A repeated field, including empty entries."""
    return b''.join(_text(number, value) for value in values)


def integer(number: int, value: int) -> bytes:
    """int32, int64, uint64, bool or enum."""
    return _tag(number, 0) + varint(value) if value else b''


def double(number: int, value: float) -> bytes:
    found = _double(number, value)
    # Minus zero isn't the default value.
    return b'' if found.endswith(bytes(8)) else found


def text_map(number: int, values: Mapping[str, str]) -> bytes:
    """map<string, string>: each entry is a message with key (1) and value (2)."""
    return b''.join(message(number, _text(1, key) + _text(2, value)) for key, value in values.items())


def number_map(number: int, values: Mapping[str, float]) -> bytes:
    """map<string, double>."""
    return b''.join(message(number, _text(1, key) + _double(2, value)) for key, value in values.items())

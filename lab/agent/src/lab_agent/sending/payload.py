"""One request that waits to be sent."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

JSON = 'application/json'
PROTOBUF = 'application/x-protobuf'


class Payload(NamedTuple):
    """`endpoint` is the name used in counts; `holds` is counted once the payload has arrived."""

    endpoint: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    holds: Mapping[str, int]


def _headers(kind: str, encoding: str) -> dict[str, str]:
    return {'Content-Type': kind, 'Content-Encoding': encoding}


def deflated(endpoint: str, path: str, body: bytes, kind: str = JSON) -> Payload:
    """As the core Agent's serializer writes with `serializer_compressor_kind: zlib`."""
    import zlib

    return Payload(endpoint, path, _headers(kind, 'deflate'), zlib.compress(body), {})


def gzipped(
    endpoint: str, path: str, body: bytes, kind: str, holds: Mapping[str, int], more: Mapping[str, str] | None = None
) -> Payload:
    """As logs and traces are sent. `holds` gets `BytesSent` (uncompressed) and `EncodedBytesSent` (compressed)."""
    import gzip

    packed = gzip.compress(body, 6)
    counts = {**holds, 'BytesSent': len(body), 'EncodedBytesSent': len(packed)}
    return Payload(endpoint, path, {**_headers(kind, 'gzip'), **(more or {})}, packed, counts)


def as_json(value: Any) -> bytes:
    return json.dumps(value, separators=(',', ':')).encode()


def batches(
    items: Sequence[Any], size: Callable[[Any], int], room: int, most: int | None = None
) -> Iterator[list[Any]]:
    """As many items as fit into one request, in order; an item larger than ROOM goes alone."""
    batch: list[Any] = []
    taken = 0
    for one in items:
        if batch and (len(batch) == most or taken + size(one) > room):
            yield batch
            batch, taken = [], 0
        batch.append(one)
        taken += size(one)
    if batch:
        yield batch

"""The codec, compared with pymongo's."""

import datetime
import re
from uuid import UUID

import bson as official
import pytest
from bson import Binary, Code, DBRef, Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp

from lab_mongodb import bson

VALUES = {
    'double': 1.5,
    'string': 'größe',
    'document': {'a': {'b': [1, {'c': None}]}},
    'array': [1, 'two', [3.0]],
    'binary': Binary(b'\0\1', 0),
    'uuid': Binary(UUID(int=7).bytes, 4),
    'id': ObjectId('0123456789abcdef01234567'),
    'true': True,
    'date': datetime.datetime(2026, 1, 2, 3, 4, 5, 678000),
    'null': None,
    'regex': Regex('^a', 'i'),
    'pattern': re.compile('b'),
    'code': Code('f()'),
    'scope': Code('f()', {'a': 1}),
    'int': -5,
    'long': Int64(5),
    'large': 2**40,
    'timestamp': Timestamp(7, 8),
    'decimal': Decimal128('1.50'),
    'min': MinKey(),
    'max': MaxKey(),
    'reference': DBRef('c', 1),
}


@pytest.mark.parametrize('name', VALUES)
def test_every_type_survives_byte_for_byte(name: str) -> None:
    data = official.encode({name: VALUES[name]})
    assert bson.encode(bson.decode(data)) == data
    assert bson.encode(bson.split(data)) == data


def test_what_is_nested_stays_undecoded() -> None:
    found = bson.split(official.encode({'a': 1, 'b': {'c': 2}, 'd': [3]}))
    assert found['a'] == 1
    assert isinstance(found['b'], bson.Raw)
    assert bson.full(found['b']) == {'c': 2}
    assert bson.full(found['d']) == [3]


def test_a_cut_document_is_refused_wherever_it_is_cut() -> None:
    data = official.encode(VALUES)
    for size in range(len(data)):
        with pytest.raises(bson.BsonError):
            bson.decode(data[:size])
        with pytest.raises(bson.BsonError):
            # The size is correct, so that only the content is wrong.
            bson.decode((size + 4).to_bytes(4, 'little') + data[4 : size + 4] if size + 4 < len(data) else b'')


def test_a_size_below_nothing_is_refused() -> None:
    # Taken at its word, the binary would end before its subtype, which is then the type of one more element.
    element = b'\5a\0' + b'\xff\xff\xff\xff' + b'\n' + b'\0'
    with pytest.raises(bson.BsonError):
        bson.decode((len(element) + 5).to_bytes(4, 'little') + element + b'\0')


def test_a_document_that_is_nested_too_deep_is_refused() -> None:
    def nested(depth: int) -> bytes:
        data = b'\5\0\0\0\0'
        for _ in range(depth):
            data = (len(data) + 8).to_bytes(4, 'little') + b'\3a\0' + data + b'\0'
        return data

    assert bson.decode(nested(150))
    for depth in (200, 20_000):
        with pytest.raises(bson.BsonError):
            bson.decode(nested(depth))


def test_text_is_as_mongodb_words_it() -> None:
    command = {'find': 'things', 'filter': {'a': 1.5, 'b': [True, None]}, 'limit': bson.Int64(3)}
    assert bson.text(command) == '{ find: "things", filter: { a: 1.5, b: [ true, null ] }, limit: 3 }'


def test_every_type_has_a_place_in_the_log() -> None:
    import json

    shown = json.loads(json.dumps(bson.plain(bson.decode(official.encode(VALUES)))))
    assert shown['date'] == {'$date': '2026-01-02T03:04:05.678Z'}
    assert shown['uuid'] == {'$uuid': '00000000-0000-0000-0000-000000000007'}
    assert shown.keys() == VALUES.keys()

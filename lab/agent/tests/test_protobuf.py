"""The encoder, compared with hand-written bytes."""

import pytest

from lab_agent.sending.metrics import encode_series
from lab_agent.sending.protobuf import double, integer, message, number_map, string, strings, text_map, varint


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        (0, '00'),
        (1, '01'),
        (127, '7f'),
        (128, '8001'),
        (300, 'ac02'),
        (1 << 63, '80808080808080808001'),
        ((1 << 64) - 1, 'ffffffffffffffffff01'),
        (-1, 'ffffffffffffffffff01'),
        (-128, '80ffffffffffffffff01'),
    ],
)
def test_a_varint_has_seven_bits_a_byte_lowest_first(value: int, expected: str) -> None:
    assert varint(value).hex() == expected


def test_fields_carry_their_number_and_wire_type() -> None:
    assert integer(8, 15) == b'\x40\x0f'
    assert double(1, 1.0) == b'\x09\x00\x00\x00\x00\x00\x00\xf0\x3f'
    assert string(2, 'ab') == b'\x12\x02ab'
    assert string(16, 'x') == b'\x82\x01\x01x'


def test_a_text_has_its_length_in_bytes_of_utf_8() -> None:
    assert string(1, 'é') == b'\x0a\x02\xc3\xa9'
    assert string(1, '\ud800') == b'\x0a\x01?'


def test_defaults_are_left_out_and_minus_zero_is_none() -> None:
    assert integer(1, 0) + double(1, 0.0) + string(1, '') == b''
    assert double(1, -0.0) == b'\x09\x00\x00\x00\x00\x00\x00\x00\x80'


def test_entries_of_repeated_fields_are_there_even_when_they_are_empty() -> None:
    assert strings(3, ['', 'a']) == b'\x1a\x00\x1a\x01a'
    assert message(1, b'') == b'\x0a\x00'


def test_a_map_is_a_repeated_message_of_key_and_value() -> None:
    assert text_map(10, {'k': 'v'}) == b'\x52\x06\x0a\x01k\x12\x01v'
    assert number_map(11, {'k': 1}) == b'\x5a\x0c\x0a\x01k\x11\x00\x00\x00\x00\x00\x00\xf0\x3f'


def test_a_whole_series_is_the_bytes_of_its_schema() -> None:
    entry = {
        'metric': 'my_metric',
        'points': [[1_700_000_000, 2.0]],
        'tags': ['a:1'],
        'host': 'box',
        'type': 'gauge',
        'interval': 0,
        'source_type_name': 'System',
    }
    host = b'\x0a\x0b' + b'\x0a\x04host' + b'\x12\x03box'
    point = b'\x22\x0f' + b'\x09\x00\x00\x00\x00\x00\x00\x00\x40' + b'\x10\x80\xe2\xcf\xaa\x06'
    series = host + b'\x12\x09my_metric' + b'\x1a\x03a:1' + point + b'\x28\x03' + b'\x3a\x06System'
    assert encode_series([entry]) == b'\x0a' + bytes([len(series)]) + series

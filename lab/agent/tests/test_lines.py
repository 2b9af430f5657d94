"""Splitting chunks into lines, and what happens to lines that are too long."""

import pytest

from lab_agent.logs.lines import LINE_BYTES, Lines

CUT = b'...TRUNCATED...'


@pytest.mark.parametrize('size', [1, 2, 3, 7, 100])
def test_chunks_of_any_size_give_the_same_lines(size: int) -> None:
    data = b'one\n\ntwo two\r\nthree\nrest'
    lines = Lines()
    found = [line for start in range(0, len(data), size) for line in lines.feed(data[start : start + size])]
    assert found == [b'one', b'', b'two two\r', b'three']
    assert lines.pending == len(b'rest')


@pytest.mark.parametrize('chunk', [1 << 16, 1 << 18, 1 << 22])
def test_a_line_that_is_too_long_goes_on_in_the_next_message_and_both_are_marked(chunk: int) -> None:
    data = b'before\n' + b'x' * (2 * LINE_BYTES) + b'yz\nafter\n'
    lines = Lines()
    found = [line for start in range(0, len(data), chunk) for line in lines.feed(data[start : start + chunk])]
    full = b'x' * LINE_BYTES
    assert found == [b'before', full + CUT, CUT + full + CUT, CUT + b'yz', b'after']
    assert lines.pending == 0


def test_a_line_of_just_the_limit_is_left_alone() -> None:
    line = b'x' * LINE_BYTES
    assert Lines().feed(line + b'\n' + line + b'\n') == [line, line]


def test_a_line_without_an_end_is_given_as_it_grows() -> None:
    lines = Lines()
    assert lines.feed(b'x' * LINE_BYTES) == []
    assert lines.feed(b'x') == [b'x' * LINE_BYTES + CUT]
    assert lines.pending == 1

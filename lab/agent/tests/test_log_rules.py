"""What processing rules do to messages."""

from typing import Any

import pytest

from lab_agent.logs.rules import Joiner, Rules


def rule(kind: str, pattern: str, **more: str) -> dict[str, Any]:
    return {'type': kind, 'name': 'x', 'pattern': pattern, **more}


@pytest.mark.parametrize(
    ('rules', 'message', 'sent'),
    [
        ([], b'a', b'a'),
        ([rule('exclude_at_match', 'health')], b'GET /health', None),
        ([rule('exclude_at_match', '^health')], b'GET /health', b'GET /health'),
        ([rule('include_at_match', 'ERROR')], b'INFO', None),
        ([rule('include_at_match', 'ERROR')], b'ERROR x', b'ERROR x'),
        (
            [rule('mask_sequences', r'card=\d+', replace_placeholder='card=[x]')],
            b'card=12 card=3',
            b'card=[x] card=[x]',
        ),
        ([rule('mask_sequences', r'(card)=\d+', replace_placeholder='$1=x')], b'card=12', b'card=x'),
        ([rule('mask_sequences', r'(?P<k>card)=\d+', replace_placeholder='${k}=\\d')], b'card=12', b'card=\\d'),
        # In order: a masked message may no longer match.
        ([rule('mask_sequences', 'a', replace_placeholder='b'), rule('exclude_at_match', 'a')], b'a', b'b'),
    ],
)
def test_rules_apply_in_order(rules: list[dict[str, Any]], message: bytes, sent: bytes | None) -> None:
    assert Rules(rules).apply(message) == sent


@pytest.mark.parametrize(
    'entry',
    [
        {'type': 'exclude_at_match', 'pattern': 'x'},
        rule('drop', 'x'),
        rule('exclude_at_match', ''),
        rule('multi_line', '('),
    ],
)
def test_a_rule_that_the_agent_refuses(entry: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match='rule'):
        Rules([entry])


def test_lines_are_joined_until_the_next_message_or_a_pause() -> None:
    now = [0.0]
    joiner = Joiner(Rules([rule('multi_line', r'\d{4}')]).start, lambda: now[0])
    assert joiner.feed([b'2026 a', b'  at b', b'2027 c']) == [b'2026 a\\n  at b']
    assert joiner.idle() == []
    now[0] = 1.5
    assert joiner.idle() == [b'2027 c']
    assert joiner.idle() == []
    assert Joiner(None).feed([b'a', b'b']) == [b'a', b'b']

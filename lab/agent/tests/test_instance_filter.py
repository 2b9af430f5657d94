"""`--instance-filter`"""

import pytest

from lab_agent.cli import CommandError
from lab_agent.commands._instance_filter import matches

INSTANCE = {'host': '127.0.0.1', 'port': 3306, 'options': {'replication': False}}


@pytest.mark.parametrize(
    ('expression', 'expected'),
    [
        ('.host == "127.0.0.1"', True),
        ('.port == 3307', False),
        ('.port != 3307', True),
        ('.options.replication == false', True),
        ('.host == "127.0.0.1" and .port == 1', False),
        ('.absent == null', True),
    ],
)
def test_comparisons_hold_or_not(expression: str, expected: bool) -> None:
    assert matches(expression, INSTANCE) is expected


@pytest.mark.parametrize('expression', ['host', '.host = 1', '.host == bare'])
def test_what_is_no_comparison_is_refused(expression: str) -> None:
    with pytest.raises(CommandError, match='instance filter'):
        matches(expression, INSTANCE)

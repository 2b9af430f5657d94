"""`datadog-agent version`"""

import platform

from lab_agent import NOTICE, VERSION


def main(_arguments: list[str]) -> int:
    print(f'Agent {VERSION} - {NOTICE} - Python {platform.python_version()}')
    return 0

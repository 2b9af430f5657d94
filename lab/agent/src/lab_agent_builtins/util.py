"""The module `util` of older checks."""

from typing import Any


def headers(**options: Any) -> dict[str, str]:
    import datadog_agent

    return datadog_agent.headers(**options)

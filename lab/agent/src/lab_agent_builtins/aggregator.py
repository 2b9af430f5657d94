"""The module `aggregator` that an Agent provides to its checks."""

from typing import Any

from lab_agent import bridge
from lab_agent.sampler import COUNT, COUNTER, GAUGE, HISTOGRAM, HISTORATE, MONOTONIC_COUNT, RATE

__all__ = ['COUNT', 'COUNTER', 'GAUGE', 'HISTOGRAM', 'HISTORATE', 'MONOTONIC_COUNT', 'RATE']


def submit_metric(
    _check: Any,
    check_id: str,
    kind: int,
    name: str,
    value: float,
    tags: list[str],
    hostname: str,
    flush_first_value: bool = False,
) -> None:
    bridge.current.sampler(check_id).submit(kind, name, value, tags, hostname, flush_first_value)


def submit_service_check(
    _check: Any, check_id: str, name: str, status: int, tags: list[str], hostname: str, message: str
) -> None:
    bridge.current.sampler(check_id).service_check(name, status, tags, hostname, message)


def submit_event(_check: Any, check_id: str, event: dict[str, Any]) -> None:
    bridge.current.sampler(check_id).event(event)


def submit_histogram_bucket(*_args: Any) -> None:
    """Distributions are computed at the intake; the lab has none."""


def submit_event_platform_event(*_args: Any) -> None:
    """The same for raw events of the event platform."""

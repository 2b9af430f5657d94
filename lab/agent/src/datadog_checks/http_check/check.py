"""The check itself: one request per run.

Like the official one it doesn't raise for a page that is down: it sends `http.can_connect` CRITICAL with the reason.
"""

import time
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from datadog_checks.base import AgentCheck

from datadog_checks.http_check import config

CAN_CONNECT = 'http.can_connect'
# Enough for a match of content.
_BYTES = 1 << 20


class Answer(NamedTuple):
    """A page, or why there is none."""

    seconds: float
    status: int
    text: str
    error: str


class HTTPCheck(AgentCheck):
    """One address per instance."""

    def __init__(self, name: str, init_config: dict[str, Any], instances: list[dict[str, Any]]) -> None:
        super().__init__(name, init_config, instances)
        self.config = config.read(instances[0])

    def check(self, _instance: dict[str, Any]) -> None:
        found = self.config
        tags = [*found.tags, f'url:{found.url}', f'instance:{found.name.lower().replace(" ", "_")}']
        answer = fetch(found)
        problem = problem_of(found, answer)
        if found.response_time and not answer.error:
            self.gauge('network.http.response_time', answer.seconds, tags=tags)
        self.gauge('network.http.can_connect', int(not problem), tags=tags)
        self.gauge('network.http.cant_connect', int(bool(problem)), tags=tags)
        status = AgentCheck.CRITICAL if problem else AgentCheck.OK
        self.service_check(CAN_CONNECT, status, tags=tags, message=problem or None)


def fetch(found: config.HttpConfig) -> Answer:
    """One request, redirections followed, without a proxy."""
    begun = time.monotonic()
    request = Request(found.url, method=found.method, headers=dict(found.headers))
    try:
        try:
            response = build_opener(ProxyHandler({})).open(request, timeout=found.timeout)
        except HTTPError as error:
            response = error
        with response:
            text = response.read(_BYTES).decode('utf-8', 'replace')
            return Answer(time.monotonic() - begun, int(response.status or 0), text, '')
    except (OSError, HTTPException, ValueError) as error:
        seconds = time.monotonic() - begun
        return Answer(seconds, 0, '', f'{error}. Connection failed after {seconds * 1000:.0f} ms')


def problem_of(found: config.HttpConfig, answer: Answer) -> str:
    """Why the page counts as down; empty if it is up."""
    if answer.error:
        return answer.error
    if not found.status.match(str(answer.status)):
        return f'Incorrect HTTP return code for url {found.url}. Expected {found.status.pattern}, got {answer.status}.'
    if found.content is None or bool(found.content.search(answer.text)) is not found.reverse:
        return ''
    return f'Content "{found.content.pattern}" {"found" if found.reverse else "not found"} in response.'

"""The check itself: reads the page of nginx's stub_status."""

import re
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

from datadog_checks.base import AgentCheck, ConfigurationError

CAN_CONNECT = 'nginx.can_connect'
_PATIENCE = 10

_PAGE = re.compile(
    r'Active connections:\s+(?P<connections>\d+)\s+'
    r'server accepts handled requests\s+(?P<accepts>\d+)\s+(?P<handled>\d+)\s+(?P<requests>\d+)\s+'
    r'Reading:\s+(?P<reading>\d+)\s+Writing:\s+(?P<writing>\d+)\s+Waiting:\s+(?P<waiting>\d+)'
)


class Nginx(AgentCheck):
    """One server per instance."""

    def __init__(self, name: str, init_config: dict[str, Any], instances: list[dict[str, Any]]) -> None:
        super().__init__(name, init_config, instances)
        self.url = str(instances[0].get('nginx_status_url') or '')
        if urlsplit(self.url).scheme not in ('http', 'https'):
            raise ConfigurationError('NginX instance missing "nginx_status_url" value.')
        self.tags = [str(tag) for tag in instances[0].get('tags') or []]

    def check(self, _instance: dict[str, Any]) -> None:
        parts = urlsplit(self.url)
        where = [*self.tags, f'host:{parts.hostname}', f'port:{parts.port or (443 if parts.scheme == "https" else 80)}']
        try:
            with build_opener(ProxyHandler({})).open(self.url, timeout=_PATIENCE) as response:
                page = response.read(1 << 16).decode('utf-8', 'replace')
        except (OSError, HTTPException) as error:
            self.service_check(CAN_CONNECT, AgentCheck.CRITICAL, tags=where, message=str(error))
            raise
        self.service_check(CAN_CONNECT, AgentCheck.OK, tags=where)
        figures = read(page)
        for name in ('connections', 'reading', 'writing', 'waiting'):
            self.gauge(f'nginx.net.{name}', figures[name], tags=self.tags)
        self.rate('nginx.net.conn_opened_per_s', figures['accepts'], tags=self.tags)
        self.rate('nginx.net.conn_dropped_per_s', figures['accepts'] - figures['handled'], tags=self.tags)
        self.rate('nginx.net.request_per_s', figures['requests'], tags=self.tags)


def read(page: str) -> dict[str, float]:
    """The figures of the page; raises ValueError if it is another page."""
    found = _PAGE.search(page)
    if not found:
        raise ValueError(f'not a page of stub_status: {page[:200]!r}')
    return {name: float(value) for name, value in found.groupdict().items()}

"""Sends to `dd_url` only when that is an address of loopback; without one it keeps everything to itself."""

import http.client
import json
import logging
import re
import threading
from typing import Any
from urllib.parse import urlparse

from lab_agent import VERSION
from lab_agent.scrub import key_ending
from lab_agent.settings import Settings

log = logging.getLogger('lab_agent.forwarder')

_KEY = re.compile(r'^[0-9a-f]{32}$')
_LOOPBACK = {'127.0.0.1', 'localhost', '::1'}
_VALIDATE_SECONDS = 60.0


class Forwarder:
    """Key validation and series, as far as a sink on loopback can answer."""

    def __init__(self, settings: Settings, hostname: str) -> None:
        self._settings = settings
        self._hostname = hostname
        url = urlparse(settings.dd_url)
        self._sink = url if url.hostname in _LOOPBACK and url.scheme == 'http' else None
        self._counts = {'Success': 0, 'Errors': 0, 'Dropped': 0, 'HTTPErrors': 0}
        self._stopped = threading.Event()
        # Unknown until an intake has said so; a key of the wrong shape can't be valid, and none at all even less.
        self._valid: bool | None = None if _KEY.match(settings.api_key) else False

    @property
    def healthy(self) -> bool:
        """Unhealthy only while the intake refuses the key, as the real one."""
        return self._valid is not False

    def start(self) -> None:
        if self._sink and self._valid is not False:
            threading.Thread(target=self._validate, name='forwarder', daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def _request(self, method: str, path: str, body: Any = None) -> int:
        assert self._sink
        connection = http.client.HTTPConnection(self._sink.hostname or '', self._sink.port or 80, timeout=5)
        headers = {'DD-API-KEY': self._settings.api_key, 'User-Agent': f'datadog-agent/{VERSION}'}
        if body is not None:
            headers['Content-Type'] = 'application/json'
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    def _validate(self) -> None:
        while True:
            try:
                status = self._request('GET', '/api/v1/validate')
                self._valid = True if status == 200 else False if status == 403 else None
            except (OSError, http.client.HTTPException) as error:
                log.warning('unable to validate API key: %s', error)
                self._valid = None
            if self._stopped.wait(_VALIDATE_SECONDS):
                return

    def deliver(self, sent: dict[str, list[dict[str, Any]]]) -> None:
        """Posts one run's series and service checks; failures are counted, nothing is retried."""
        if not self._sink or self._valid is False:
            self._counts['Dropped'] += bool(sent['metrics']) + bool(sent['service_checks'])
            return
        tags = self._settings.host_tags
        series = [{**one, 'tags': [*one['tags'], *tags]} for one in sent['metrics']]
        for path, body in (('/api/v1/series', {'series': series}), ('/api/v1/check_run', sent['service_checks'])):
            if not (series if path.endswith('series') else body):
                continue
            try:
                status = self._request('POST', path, body)
                self._counts['Success' if status < 400 else 'HTTPErrors'] += 1
                if status == 403:
                    self._valid = False
            except (OSError, http.client.HTTPException):
                self._counts['Errors'] += 1

    def as_json(self) -> dict[str, Any]:
        """`forwarderStats`."""
        key = self._settings.api_key
        words = {True: 'API Key valid', False: 'API Key invalid', None: 'Unable to validate API Key'}
        return {
            'APIKeyStatus': {f'API key ending with {key_ending(key)[-4:] if key else ""}': words[self._valid]},
            'Transactions': {
                'Success': self._counts['Success'],
                'Dropped': self._counts['Dropped'],
                'Errors': self._counts['Errors'],
                'HTTPErrors': self._counts['HTTPErrors'],
                'Retried': 0,
                'Requeued': 0,
            },
        }

"""Sends to `dd_url` only if that is an `http` address on loopback; otherwise sends nothing."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from lab_agent.scrub import key_ending
from lab_agent.sending.address import loopback
from lab_agent.sending.key import Key
from lab_agent.sending.payload import Payload
from lab_agent.sending.pipeline import Pipeline, doubling
from lab_agent.settings import Settings

log = logging.getLogger('lab_agent.forwarder')

_VALIDATE_SECONDS = 60.0
_METADATA_SECONDS = 1800.0
# The real Agent flushes every 15 seconds. Here data of checks waits for one second; the rest has the real interval.
_GATHER_SECONDS = 1.0
_FLUSH_SECONDS = 15.0
# Maximum number of check runs in memory.
_ROOM = 500

Sent = dict[str, list[dict[str, Any]]]


class Forwarder:
    """Key validation, host metadata, series and service checks."""

    def __init__(
        self,
        settings: Settings,
        hostname: str,
        key: Key | None = None,
        gather: float = _GATHER_SECONDS,
        pause: Callable[[int], float] = doubling,
    ) -> None:
        self._settings = settings
        self._hostname = hostname
        self._key = key or Key(settings.api_key)
        self._address = loopback(settings.dd_url)
        self._kept = 0
        self._told_at: float | None = None
        self._stopped = threading.Event()
        self._validation: threading.Thread | None = None
        self._pipeline = (
            Pipeline(
                'forwarder',
                self._address,
                self._key,
                self._payloads,
                gather,
                _FLUSH_SECONDS,
                _ROOM,
                pause=pause,
                refused=self._refused,
            )
            if self._address and self._key.usable
            else None
        )

    @property
    def healthy(self) -> bool:
        """Unhealthy only while the intake rejects the key, as in the real Agent."""
        return self._key.valid is not False

    def start(self) -> None:
        if self._pipeline:
            self._validation = threading.Thread(target=self._validate, name='validation', daemon=True)
            self._validation.start()
            self._pipeline.start()

    def stop(self) -> None:
        """Requests the end; `join` waits for it."""
        self._stopped.set()
        if self._pipeline:
            self._pipeline.close()

    def join(self) -> None:
        if self._pipeline:
            self._pipeline.join()

    def deliver(self, sent: Sent) -> None:
        """Takes one run's series and service checks."""
        if self._pipeline and self.healthy:
            self._pipeline.add(sent)
        else:
            self._kept += bool(sent['metrics']) + bool(sent['service_checks'])

    def _validate(self) -> None:
        from lab_agent.sending import http

        while self._address:
            valid: bool | None = None
            try:
                status = http.request(self._address, 'GET', '/api/v1/validate', self._key.headers())
                valid = True if status == 200 else False if status == 403 else None
            except Exception as error:
                log.warning('unable to validate API key: %s', error)
            self._key.valid = valid
            # Host metadata that was rejected or not yet sent must not wait for its next turn.
            if self._told_at is None and self.healthy and self._pipeline:
                self._pipeline.flush()
            if self._stopped.wait(_VALIDATE_SECONDS):
                return

    def _refused(self, endpoint: str) -> None:
        if endpoint == 'intake':
            self._told_at = None

    def _payloads(self, runs: list[Sent]) -> list[Payload]:
        from lab_agent.sending.metadata import metadata_payload
        from lab_agent.sending.metrics import agent_up, check_payloads, series_payloads

        if not self.healthy:
            self._kept += len(runs)
            return []
        made: list[Payload] = []
        now = time.monotonic()
        if self._told_at is None or now - self._told_at >= _METADATA_SECONDS:
            self._told_at = now
            made.append(metadata_payload(self._hostname, self._settings.host_tags))
        # Host tags are sent with the host's metadata, not with each series.
        made += series_payloads([one for run in runs for one in run['metrics']], self._settings.use_v2_series)
        checks = [one for run in runs for one in run['service_checks']]
        return [*made, *check_payloads([*checks, agent_up(self._hostname)])]

    def as_json(self) -> dict[str, Any]:
        """`forwarderStats`."""
        key = self._key.value
        # Rejected keys have their own list; without a key both lists are empty.
        words = {True: 'API Key valid', None: 'Unable to reach the API Key validation endpoint'}
        ending = f'API key ending with {key_ending(key)[-4:]}'
        return {
            'APIKeyStatus': {ending: words[self._key.valid]} if key and self._key.valid is not False else {},
            'APIKeyFailure': {ending: 'API Key invalid'} if key and self._key.valid is False else {},
            'Transactions': self._transactions(),
        }

    def endpoints(self) -> dict[str, list[str]]:
        """`endpointsInfos`: the last characters of the keys, by address; empty without a key."""
        key = self._key.value
        address = self._settings.dd_url or f'https://app.{self._settings.site}'
        return {address: [key_ending(key)[-4:]]} if key else {}

    def _transactions(self) -> dict[str, Any]:
        """Sums by kind, plus sums by endpoint if anything can be sent."""
        figures = self._pipeline.figures() if self._pipeline else {}
        found: dict[str, Any] = {}
        parts: dict[str, dict[str, int]] = {}
        for kind in ('Success', 'Dropped', 'Errors', 'HTTPErrors', 'Retried', 'Requeued'):
            by = figures.get(kind, {})
            found[kind] = by.pop('total', 0)
            parts['HTTPErrorsByCode' if kind == 'HTTPErrors' else f'{kind}ByEndpoint'] = by
        found['Dropped'] += self._kept
        return {**found, **parts} if self._pipeline else found

"""Runs a check and keeps the figures that `check` and `status` show about it."""

import json
import time
from typing import Any

from lab_agent import bridge
from lab_agent.loader import LoadedCheck

_HISTORY = 32


class Runner:
    """One loaded instance with its statistics."""

    def __init__(self, loaded: LoadedCheck) -> None:
        self.loaded = loaded
        self.runs = self.errors = self.warnings = 0
        # Of the last run, and of all runs.
        self.samples = self.total_samples = 0
        self.service_checks = self.total_service_checks = 0
        self.events = self.total_events = 0
        # Milliseconds; seconds since the epoch.
        self.times = [0] * _HISTORY
        self.last_time = 0
        self.last_success = self.updated = 0
        self.last_error = ''
        self.last_warnings: list[str] = []

    @property
    def id(self) -> str:
        return self.loaded.config.id

    @property
    def name(self) -> str:
        return self.loaded.config.name

    def run_once(self) -> dict[str, list[dict[str, Any]]]:
        """Runs it once and returns what it sent; never raises an error of the check."""
        check = self.loaded.check
        started = time.monotonic()
        try:
            error = check.run()
        except Exception as failure:
            error = json.dumps([{'message': str(failure), 'traceback': ''}])
        sampler = bridge.current.sampler(self.id)
        self.samples = sampler.metric_samples
        sent = sampler.commit()
        took = round((time.monotonic() - started) * 1000)
        self.last_warnings = [str(warning) for warning in check.get_warnings()]
        self.times[self.runs % _HISTORY] = took
        self.runs += 1
        self.last_time = took
        self.last_error = error or ''
        self.errors += 1 if error else 0
        self.warnings += len(self.last_warnings)
        self.service_checks = len(sent['service_checks'])
        self.events = len(sent['events'])
        self.total_samples += self.samples
        self.total_service_checks += self.service_checks
        self.total_events += self.events
        self.updated = int(time.time())
        if not error:
            self.last_success = self.updated
        return sent

    def as_json(self) -> dict[str, Any]:
        """The Agent's runner object: times in milliseconds, `Interval` in nanoseconds, `LastError` a JSON string."""
        taken = self.times[: min(self.runs, _HISTORY)]
        config = self.loaded.config
        return {
            'CheckName': config.name,
            'CheckVersion': self.loaded.version,
            'CheckConfigSource': config.source,
            'CheckLoader': 'python',
            'CheckID': config.id,
            'Interval': round(config.interval * 1_000_000_000),
            'TotalRuns': self.runs,
            'TotalErrors': self.errors,
            'TotalWarnings': self.warnings,
            'MetricSamples': self.samples,
            'TotalMetricSamples': self.total_samples,
            'ServiceChecks': self.service_checks,
            'TotalServiceChecks': self.total_service_checks,
            'Events': self.events,
            'TotalEvents': self.total_events,
            'HistogramBuckets': 0,
            'TotalHistogramBuckets': 0,
            'EventPlatformEvents': {},
            'TotalEventPlatformEvents': {},
            'ExecutionTimes': list(self.times),
            'AverageExecutionTime': round(sum(taken) / len(taken)) if taken else 0,
            'LastExecutionTime': self.last_time,
            'LastSuccessDate': self.last_success,
            'LastError': self.last_error,
            'LastWarnings': list(self.last_warnings),
            'UpdateTimestamp': self.updated,
            'LongRunning': False,
            'Cancelling': False,
        }

"""Runs one check once and keeps the figures that `check` and `status` show about it."""

import json
import time
from dataclasses import dataclass, field
from typing import Any

from lab_agent import bridge
from lab_agent.loader import LoadedCheck

_HISTORY = 32


@dataclass
class Runner:
    """One loaded instance with its statistics."""

    loaded: LoadedCheck
    runs: int = 0
    errors: int = 0
    warnings: int = 0
    samples: int = 0
    total_samples: int = 0
    service_checks: int = 0
    total_service_checks: int = 0
    events: int = 0
    total_events: int = 0
    times: list[int] = field(default_factory=lambda: [0] * _HISTORY)
    last_time: int = 0
    last_success: int = 0
    last_error: str = ''
    last_warnings: list[str] = field(default_factory=list)
    updated: int = 0

    @property
    def id(self) -> str:
        return self.loaded.config.id

    @property
    def name(self) -> str:
        return self.loaded.config.name

    def run_once(self) -> dict[str, list[dict[str, Any]]]:
        """One run; never raises for what the check does. Returns what it sent."""
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

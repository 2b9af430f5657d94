"""Finds jobs that are late: a job is when its schedule has come and the file that it writes is older.

The schedule is read by the package cronsim, which requirements.in asks for: a check brings the Python packages that the
Agent lacks (guide/checks.md).
"""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cronsim import CronSim, CronSimError
from datadog_checks.base import AgentCheck, ConfigurationError

__version__ = '1.0.0'

FIELDS = {'name': str, 'schedule': str, 'file': str, 'grace': int}


class CronJobsCheck(AgentCheck):
    """Gauges `cron_jobs.watched`, and by `job:…` `cron_jobs.late` in seconds; service check `cron_jobs.on_time`."""

    def __init__(self, name: str, init_config: dict[str, Any], instances: list[dict[str, Any]]) -> None:
        super().__init__(name, init_config, instances)
        self.jobs: list[dict[str, Any]] = []
        self.check_initializations.append(self.configure)

    def configure(self) -> None:
        """Read the instance's jobs; raises ConfigurationError with what was expected and what was found."""
        jobs = self.instance.get('jobs')
        if not isinstance(jobs, list) or not jobs:
            raise ConfigurationError(f'`jobs` must be a list of at least one job, found {jobs!r}')
        for job in jobs:
            if not isinstance(job, dict) or job.keys() != FIELDS.keys():
                raise ConfigurationError(f'a job must have {", ".join(FIELDS)}, found {job!r}')
            for field, kind in FIELDS.items():
                if not isinstance(job[field], kind):
                    raise ConfigurationError(f'`{field}` of a job must be {kind.__name__}, found {job[field]!r}')
            try:
                CronSim(job['schedule'], datetime.now())
            except CronSimError as error:
                raise ConfigurationError(f'`schedule` of the job {job["name"]}: {error}') from error
        self.jobs = jobs

    def check(self, _: dict[str, Any]) -> None:
        tags = self.instance.get('tags') or []
        for job in self.jobs:
            self.judge(job, [*tags, f'job:{job["name"]}'])
        self.gauge('cron_jobs.watched', len(self.jobs), tags=tags)

    def judge(self, job: dict[str, Any], tags: list[str]) -> None:
        """One job: late by 0 seconds as long as it has run since it was due, or may still be running."""
        try:
            last = Path(job['file']).stat().st_mtime
        except FileNotFoundError:
            message = f'{job["file"]} is not there: the job has never succeeded'
            self.service_check('cron_jobs.on_time', self.UNKNOWN, tags=tags, message=message)
            return
        except OSError as error:
            message = f'{job["file"]}: {error.strerror}'
            self.service_check('cron_jobs.on_time', self.UNKNOWN, tags=tags, message=message)
            return
        late = max(0.0, time.time() - due_after(last, job['schedule']) - job['grace'])
        self.gauge('cron_jobs.late', late, tags=tags)
        state = self.CRITICAL if late else self.OK
        message = f'last success {datetime.fromtimestamp(last, UTC):%Y-%m-%d %H:%M} UTC' if late else ''
        self.service_check('cron_jobs.on_time', state, tags=tags, message=message)


def due_after(last: float, schedule: str) -> float:
    """When a job that succeeded at `last` is due again."""
    return next(CronSim(schedule, datetime.fromtimestamp(last).astimezone())).timestamp()

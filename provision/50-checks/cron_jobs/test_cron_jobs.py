"""cron_jobs against datadog-checks-base's stubs, with its own package, cronsim."""

import json
import os
import time
from datetime import datetime

import pytest
from cron_jobs import CronJobsCheck, due_after

MIDNIGHT = '0 0 * * *'


def job(file, **fields):
    return {'name': 'backup', 'schedule': MIDNIGHT, 'file': str(file), 'grace': 60, **fields}


def run(*jobs, **instance):
    """Run once; the message of its error, or '' when it went well."""
    error = CronJobsCheck('cron_jobs', {}, [{'jobs': list(jobs), **instance}]).run()
    return json.loads(error)[0]['message'] if error else ''


def written(file, seconds_ago):
    file.touch()
    os.utime(file, (time.time() - seconds_ago,) * 2)
    return file


def test_a_job_that_ran_since_it_was_due_is_on_time(aggregator, tmp_path):
    assert run(job(written(tmp_path / 'a', 0)), tags=['check:cron_jobs']) == ''
    tags = ['check:cron_jobs', 'job:backup']
    aggregator.assert_metric('cron_jobs.late', 0, tags=tags, count=1)
    aggregator.assert_metric('cron_jobs.watched', 1, tags=['check:cron_jobs'], count=1)
    aggregator.assert_service_check('cron_jobs.on_time', CronJobsCheck.OK, tags=tags, count=1)


def test_a_job_that_missed_its_schedule_is_late_by_what_exceeds_its_grace(aggregator, tmp_path):
    assert run(job(written(tmp_path / 'a', 180), schedule='* * * * *')) == ''
    (metric,) = aggregator.metrics('cron_jobs.late')
    assert 50 <= metric.value <= 130
    aggregator.assert_service_check('cron_jobs.on_time', CronJobsCheck.CRITICAL, count=1)


def test_a_job_within_its_grace_is_not_late(aggregator, tmp_path):
    assert run(job(written(tmp_path / 'a', 180), schedule='* * * * *', grace=3600)) == ''
    aggregator.assert_metric('cron_jobs.late', 0, count=1)


def test_a_job_that_never_succeeded_is_unknown_and_sends_no_number(aggregator, tmp_path):
    assert run(job(tmp_path / 'none'), job(written(tmp_path / 'a', 0), name='other')) == ''
    aggregator.assert_service_check('cron_jobs.on_time', CronJobsCheck.UNKNOWN, tags=['job:backup'], count=1)
    aggregator.assert_metric('cron_jobs.late', 0, tags=['job:other'], count=1)


def test_the_next_time_is_that_of_the_schedule():
    last = datetime(2026, 11, 20, 13, 5).astimezone().timestamp()
    assert datetime.fromtimestamp(due_after(last, '30 4 * * 0')).astimezone().isoformat()[:16] == '2026-11-22T04:30'


@pytest.mark.parametrize(
    ('change', 'said'),
    [
        ({'schedule': '61 0 * * *'}, 'schedule` of the job backup'),
        ({'grace': '60'}, '`grace` of a job must be int'),
        ({'graces': 1}, 'a job must have name, schedule, file, grace'),
    ],
)
def test_a_job_that_makes_no_sense_is_refused(aggregator, tmp_path, change, said):
    assert said in run(job(tmp_path / 'a', **change))
    assert not aggregator.metrics('cron_jobs.watched')


@pytest.mark.parametrize('jobs', [None, [], 'backup'])
def test_no_job_is_refused(aggregator, jobs):
    error = CronJobsCheck('cron_jobs', {}, [{'jobs': jobs}]).run()
    assert 'a list of at least one job' in json.loads(error)[0]['message']
    assert not aggregator.metric_names

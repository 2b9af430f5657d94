"""open_files against datadog-checks-base's stubs."""

import pytest
from open_files import OpenFilesCheck


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    """Pretend that the kernel has these numbers: open, free, limit."""
    file = tmp_path / 'file-nr'
    monkeypatch.setattr(OpenFilesCheck, 'source', file)
    return file.write_text


def run(instance):
    assert OpenFilesCheck('open_files', {}, [instance]).run() == ''


def test_sends_the_number_and_its_share_of_the_limit(aggregator, kernel):
    kernel('50\t0\t1000\n')
    run({'tags': ['check:open_files']})
    aggregator.assert_metric('open_files.used', 50, tags=['check:open_files'], count=1)
    aggregator.assert_metric('open_files.percent', 5, count=1)
    aggregator.assert_service_check('open_files.below_limit', OpenFilesCheck.OK, count=1)


@pytest.mark.parametrize(('used', 'state'), [(800, OpenFilesCheck.OK), (801, OpenFilesCheck.CRITICAL)])
def test_is_critical_above_the_bound_alone(aggregator, kernel, used, state):
    kernel(f'{used} 0 1000')
    run({'critical_percent': 80})
    aggregator.assert_service_check('open_files.below_limit', state, count=1)


def test_reads_this_machine(aggregator):
    run({})
    aggregator.assert_metric('open_files.used')

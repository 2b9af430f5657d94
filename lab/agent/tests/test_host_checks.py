"""The checks that the lab Agent runs by default."""

import pytest

from datadog_checks.disk import Disk
from datadog_checks.uptime import Uptime
from lab_agent import bridge


@pytest.fixture(autouse=True)
def fresh() -> None:
    bridge.install(bridge.Bridge())


def test_the_root_file_system_is_always_there() -> None:
    check = Disk('disk', {}, [{'use_mount': True, 'tags': ['a:b']}])
    check.check_id = 'one'
    assert check.run() == ''
    found = [
        one for one in bridge.current.sampler('one').commit()['metrics'] if {'device:/', 'a:b'} <= set(one['tags'])
    ]
    assert {one['metric'].rpartition('.')[2] for one in found} == {'total', 'used', 'free', 'in_use', 'utilized'}


def test_uptime() -> None:
    check = Uptime('uptime', {}, [{}])
    check.check_id = 'one'
    assert check.run() == ''
    assert bridge.current.sampler('one').commit()['metrics'][0]['points'][0][1] > 0

"""Finding and creating checks: a check that can't be loaded is recorded and doesn't affect the others."""

import importlib
import json
import sys
from pathlib import Path

import pytest

from lab_agent.configs import InstanceConfig
from lab_agent.loader import Loaded, load_checks
from lab_agent.runner import Runner

GOOD = """
from datadog_checks.base import AgentCheck
__version__ = '1.2.3'
class Middle(AgentCheck):
    pass
class Leaf(Middle):
    def check(self, instance):
        if instance.get('raise'):
            raise RuntimeError('as asked')
        self.warning('mind the gap')
        self.gauge('g', 1, tags=['a:b'])
        self.service_check('s', 0)
"""


def config(name: str, instance: dict | None = None) -> InstanceConfig:
    return InstanceConfig(name, instance or {}, {}, f'file:/x/{name}.yaml', f'{name}:1', 45)


@pytest.fixture
def checks_d(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, 'path', [*sys.path, str(tmp_path)])
    for name in [name for name in sys.modules if name.startswith('zz_')]:
        sys.modules.pop(name)
    (tmp_path / 'zz_good.py').write_text(GOOD)
    (tmp_path / 'zz_broken.py').write_text('import nothing_of_this_name')
    (tmp_path / 'zz_empty.py').write_text('x = 1')
    (tmp_path / 'zz_refusing.py').write_text(
        'from datadog_checks.base import AgentCheck, ConfigurationError\n'
        'class Refusing(AgentCheck):\n'
        '    def __init__(self, name, init_config, instances):\n'
        '        raise ConfigurationError("min must be smaller than max")\n'
    )
    return tmp_path


def test_the_last_class_of_a_chain_is_the_check(checks_d: Path) -> None:
    loaded = load_checks([config('zz_good')])
    assert type(loaded.checks[0].check).__name__ == 'Leaf'
    assert loaded.checks[0].version == '1.2.3'


def test_the_base_speaks_to_the_agent_and_not_to_its_stubs() -> None:
    from datadog_checks.base.agent import AGENT_RUNNING

    assert AGENT_RUNNING


@pytest.mark.parametrize(
    ('name', 'reason'),
    [('zz_absent', 'No module named'), ('zz_broken', 'nothing_of_this_name'), ('zz_empty', 'check class')],
)
def test_what_cannot_be_loaded_is_a_loader_error_and_the_rest_loads(checks_d: Path, name: str, reason: str) -> None:
    loaded = load_checks([config(name), config('zz_good')])
    assert reason in loaded.loader_errors[name]['Python Check Loader']
    assert [one.config.name for one in loaded.checks] == ['zz_good']


def test_a_refused_configuration_is_a_configure_error(checks_d: Path) -> None:
    loaded = load_checks([config('zz_refusing')])
    assert 'min must be smaller than max' in loaded.configure_errors['zz_refusing (unversioned)'][0]
    assert loaded.checks == []


def test_a_run_fills_every_field_of_the_runner(checks_d: Path) -> None:
    runner = Runner(load_checks([config('zz_good')]).checks[0])
    sent = runner.run_once()
    stats = runner.as_json()
    assert [one['metric'] for one in sent['metrics']] == ['g']
    assert stats['Interval'] == 45_000_000_000
    assert (stats['TotalRuns'], stats['TotalErrors'], stats['LastError']) == (1, 0, '')
    assert (stats['MetricSamples'], stats['ServiceChecks']) == (1, 1)
    assert stats['LastWarnings'] == ['mind the gap']
    assert stats['TotalWarnings'] == 1
    assert stats['LastSuccessDate'] > 0


def test_a_raising_check_leaves_its_error_as_a_json_string(checks_d: Path) -> None:
    runner = Runner(load_checks([config('zz_good', {'raise': True})]).checks[0])
    runner.run_once()
    (error,) = json.loads(runner.as_json()['LastError'])
    assert error['message'] == 'as asked'
    assert 'RuntimeError' in error['traceback']
    assert runner.as_json()['TotalErrors'] == 1
    assert runner.as_json()['LastSuccessDate'] == 0


@pytest.mark.parametrize('module', ['utils.http', 'utils.time', 'utils.db', 'checks.openmetrics.v2.base', 'checks.db'])
def test_what_a_custom_check_may_use_of_the_base_is_there(module: str) -> None:
    importlib.import_module(f'datadog_checks.base.{module}')


def loaded(folder: Path, name: str, text: str, instance: dict | None = None) -> Loaded:
    (folder / f'{name}.py').write_text(text)
    return load_checks([config(name, instance)])


def test_of_two_classes_the_last_by_name_is_the_check(checks_d: Path) -> None:
    text = 'from datadog_checks.base import AgentCheck\nclass Zone(AgentCheck): pass\nclass Area(AgentCheck): pass\n'
    assert type(loaded(checks_d, 'zz_two', text).checks[0].check).__name__ == 'Zone'
    reverse = text.replace('Zone', 'tmp').replace('Area', 'Zone').replace('tmp', 'Area')
    assert type(loaded(checks_d, 'zz_reverse', reverse).checks[0].check).__name__ == 'Zone'


def test_a_base_class_that_is_only_imported_may_be_taken_for_the_check(checks_d: Path) -> None:
    text = 'from datadog_checks.base import AgentCheck, OpenMetricsBaseCheckV2\nclass Mine(AgentCheck):\n    pass\n'
    found = loaded(checks_d, 'zz_imported', text)
    assert [type(one.check).__name__ for one in found.checks] in ([], ['OpenMetricsBaseCheckV2'])


CONSTRUCTORS = [
    ('kwargs', 'self, **kwargs', 'super().__init__(**kwargs)', None),
    ('named', 'self, name, init_config, instances', 'super().__init__(name, init_config, instances)', None),
    (
        'agent_5',
        'self, name, init_config, agentConfig, instances=None',
        'super().__init__(name, init_config, agentConfig, instances)',
        None,
    ),
    ('positions', 'self, *args', 'super().__init__(*args)', "unexpected keyword argument 'name'"),
    ('other_names', 'self, a, b, c', 'super().__init__(a, b, c)', 'unexpected keyword argument'),
]


@pytest.mark.parametrize(('name', 'parameters', 'body', 'refusal'), CONSTRUCTORS)
def test_a_check_is_constructed_by_keywords(
    checks_d: Path, name: str, parameters: str, body: str, refusal: str | None
) -> None:
    text = (
        'from datadog_checks.base import AgentCheck\n'
        f'class Mine(AgentCheck):\n    def __init__({parameters}):\n        {body}\n'
    )
    found = loaded(checks_d, f'zz_{name}', text, {'a': 1})
    if refusal is None:
        assert found.loader_errors == {}
        assert found.checks[0].check.instances == [{'a': 1}]
    else:
        assert refusal in found.configure_errors[f'zz_{name} (unversioned)'][0]
        assert 'Deprecated constructor API returned:' in found.configure_errors[f'zz_{name} (unversioned)'][0]


AGENT_5 = """
import psutil
from checks import AgentCheck, CheckException
from checks.libs.thread_pool import Pool
from checks.network_checks import EventType, NetworkCheck, Status
from checks.prometheus_check import PrometheusCheck
from config import _is_affirmative
from util import headers
from utils.containers import freeze, hash_mutable
from utils.platform import Platform
from utils.subprocess_output import get_subprocess_output
from utils.tailfile import TailFile
from utils.timeout import TimeoutException, timeout


class Old(AgentCheck):
    def check(self, instance):
        out, _, code = get_subprocess_output(['uname', '-r'], self.log)
        if _is_affirmative(instance.get('enabled', 'yes')):
            self.gauge('old.release', len(out.strip()) + code)


del NetworkCheck, PrometheusCheck
"""


def test_a_check_of_agent_5_loads_and_runs(checks_d: Path) -> None:
    found = loaded(checks_d, 'zz_old', AGENT_5)
    assert found.loader_errors == {}
    runner = Runner(found.checks[0])
    sent = runner.run_once()
    assert runner.as_json()['LastError'] == ''
    assert sent['metrics'][0]['points'][0][1] > 0

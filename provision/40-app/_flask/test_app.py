"""The trial app: routes, errors, and the format of its log records."""

import json
import logging
import re
import runpy
import sys
from pathlib import Path
from types import ModuleType

import flask
import pytest

APPS = Path(__file__).parents[1]
CODE = APPS / '_flask' / 'root' / 'opt' / 'trial-app'
sys.path.insert(0, str(CODE))

from app import create_app  # noqa: E402 (the path comes first)
from json_log import JsonFormatter, json_handler  # noqa: E402

TRACE = {
    'dd.trace_id': '6b0019ae00000000b9b7a5bffbf0c09f',
    'dd.span_id': '2768007969084595632',
    'dd.service': 'trial-app',
    'dd.env': 'trial',
    'dd.version': '1.0.0',
}


@pytest.fixture
def log(tmp_path):
    return tmp_path / 'app.log'


@pytest.fixture
def app(log):
    made = create_app(str(log))
    yield made
    for handler in made.logger.handlers:
        handler.close()


@pytest.fixture
def client(app):
    return app.test_client()


def lines(log):
    return [json.loads(line) for line in log.read_text().splitlines()]


def record(message='hello', **attributes):
    made = logging.LogRecord('trial_app', logging.INFO, 'app.py', 1, message, (), None)
    made.__dict__.update(attributes)
    return made


@pytest.mark.parametrize(
    ('path', 'body'),
    [('/', 'Entrypoint to the Application'), ('/api/apm', 'Getting APM Started'), ('/api/trace', 'Posting Traces')],
)
def test_each_route_answers_its_own_sentence(client, path, body):
    answer = client.get(path)
    assert (answer.status_code, answer.text, answer.mimetype) == (200, body, 'text/plain')


def test_an_unknown_path_is_a_404_in_json(client):
    answer = client.get('/api/nothing')
    assert (answer.status_code, answer.json) == (404, {'error': 'Not Found', 'path': '/api/nothing'})


def test_a_method_that_a_route_lacks_is_a_405_in_json(client):
    answer = client.post('/api/trace')
    assert (answer.status_code, answer.json['error']) == (405, 'Method Not Allowed')


def test_an_unexpected_exception_is_a_500_in_json_with_its_traceback_in_the_log_only(app, log):
    @app.get('/boom')
    def boom():
        raise RuntimeError('inner detail')

    answer = app.test_client().get('/boom')
    assert (answer.status_code, answer.json) == (500, {'error': 'Internal Server Error', 'path': '/boom'})
    first, second = lines(log)
    assert first['level'] == 'ERROR'
    assert first['error.stack'].endswith('RuntimeError: inner detail')
    assert second['message'] == 'GET /boom 500'


def test_one_record_per_request_with_method_path_and_status(client, log):
    client.get('/api/apm?token=hidden')
    client.get('/nothing')
    first, second = lines(log)
    assert first['message'] == 'GET /api/apm 200'
    assert {name: first[name] for name in first if name.startswith('http.')} == {
        'http.method': 'GET',
        'http.url_details.path': '/api/apm',
        'http.status_code': 200,
    }
    assert isinstance(first['duration'], int)
    assert first['duration'] > 0
    assert second['http.status_code'] == 404
    assert 'hidden' not in log.read_text()


def test_a_path_with_a_newline_stays_one_record(client, log):
    client.get('/a%0A{"level":"forged"}')
    (only,) = lines(log)
    assert only['http.url_details.path'] == '/a\n{"level":"forged"}'
    assert only['level'] == 'INFO'


def test_a_record_has_the_same_fields_with_and_without_a_trace(client, log):
    client.get('/')
    (bare,) = lines(log)
    traced = json.loads(JsonFormatter().format(record(**TRACE)))
    assert set(TRACE) <= set(bare)
    assert {name: traced[name] for name in TRACE} == TRACE
    assert (bare['dd.trace_id'], bare['dd.span_id']) == ('0', '0')


@pytest.mark.parametrize('absent', [None, ''])
def test_a_tracer_that_leaves_a_field_empty_still_gives_a_string(absent):
    line = json.loads(JsonFormatter().format(record(**{'dd.trace_id': absent, 'dd.span_id': 7})))
    assert (line['dd.trace_id'], line['dd.span_id']) == ('0', '7')


def test_service_env_and_version_fall_back_to_the_units_own(monkeypatch):
    monkeypatch.setenv('DD_SERVICE', 'trial-app')
    monkeypatch.setenv('DD_ENV', 'trial')
    monkeypatch.setenv('DD_VERSION', '2.0.0')
    formatter = runpy.run_path(str(CODE / 'json_log.py'))['JsonFormatter']()
    line = json.loads(formatter.format(record()))
    assert (line['dd.service'], line['dd.env'], line['dd.version']) == ('trial-app', 'trial', '2.0.0')


def test_a_record_is_one_line_of_ascii_with_a_utc_time():
    text = JsonFormatter().format(record('é\nü'))
    assert text.isascii()
    assert '\n' not in text
    line = json.loads(text)
    assert line['message'] == 'é\nü'
    assert re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00', line['timestamp'])


def test_the_log_goes_on_after_a_rotation(client, log):
    client.get('/')
    log.rename(log.with_suffix('.log.1'))
    client.get('/api/apm')
    assert [line['message'] for line in lines(log)] == ['GET /api/apm 200']


def test_without_a_file_records_go_to_stderr(capsys):
    handler = json_handler(None)
    handler.emit(record('to the journal'))
    assert json.loads(capsys.readouterr().err)['message'] == 'to the journal'


def test_the_web_spans_carry_the_boxs_service_even_when_the_tracer_would_guess_the_same():
    unit = (CODE.parents[1] / 'etc/systemd/system/trial-app.service.d/10-boxhound.conf.hbs').read_text()
    for name in ['DD_SERVICE', 'DD_FLASK_SERVICE', 'DD_WSGI_SERVICE']:
        assert f'Environment="{name}={{{{app.service}}}}"' in unit


def test_the_app_never_imports_the_tracer_itself():
    for file in CODE.glob('*.py'):
        imports = re.search(r'^\s*(import|from)\s+ddtrace', file.read_text(), re.MULTILINE)
        assert bool(imports) == (file.name == 'traced.py'), file


@pytest.fixture
def tracer(monkeypatch):
    """Stands in for ddtrace: what is patched, and what is wrapped."""
    calls = []
    modules = {name: ModuleType(name) for name in ['ddtrace', 'ddtrace.contrib', 'ddtrace.contrib.wsgi']}
    modules['ddtrace'].patch = lambda **names: calls.append(names)
    modules['ddtrace.contrib.wsgi'].DDWSGIMiddleware = lambda inner: ('wrapped', inner)
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    return calls


def test_the_middleware_wraps_the_app_and_patches_the_log_alone(tracer):
    application = runpy.run_path(str(CODE / 'traced.py'))['app']
    assert application == ('wrapped', sys.modules['app'].app)
    assert tracer == [{'logging': True}]


def test_the_middleware_refuses_an_app_that_is_traced_from_outside(tracer, monkeypatch):
    monkeypatch.setattr(flask, '_datadog_patch', True, raising=False)
    with pytest.raises(RuntimeError, match='traces this app already'):
        runpy.run_path(str(CODE / 'traced.py'))
    assert tracer == []


def pins(file):
    """Name and version of each package of a locked list, which has a hash for each file and no address."""
    text = file.read_text()
    assert '://' not in text
    found = re.findall(r'^(\S+)==(\S+) \\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+', text, re.MULTILINE)
    assert len(found) == len(re.findall(r'^[a-z]', text, re.MULTILINE))
    return dict(found)


def test_every_locked_package_has_hashes_and_one_version_under_each_server():
    lists = [pins(file) for file in sorted(APPS.glob('*/root/opt/trial-app/requirements.txt'))]
    assert len(lists) == 2
    assert pins(APPS.parent / '_pip/pip.txt').keys() == {'pip'}
    for name in lists[0].keys() & lists[1].keys():
        assert lists[0][name] == lists[1][name], name
    assert [{'gunicorn', 'pyuwsgi'} & names.keys() for names in lists] == [{'gunicorn'}, {'pyuwsgi'}]

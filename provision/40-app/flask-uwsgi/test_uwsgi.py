"""How uWSGI serves the trial app, and what nginx in front of it opens and logs."""

import configparser
import json
import re
from pathlib import Path

ROOT = Path(__file__).parent / 'root'
SHARED = Path(__file__).parents[1] / '_flask' / 'root'
UNITS = ROOT / 'etc/systemd/system'
NGINX = (ROOT / 'etc/nginx/trial-app.conf.hbs').read_text()
TEMPLATE = (ROOT / 'opt/trial-app/uwsgi.ini.hbs').read_text()
# In a container the folder of the socket passes its group on, and the account has no name.
IN_CONTAINER = re.compile(r'\{\{#if app\.container\}\}\n(.*?)\{\{else\}\}\n(.*?)\{\{/if\}\}\n', re.DOTALL)
INI = IN_CONTAINER.sub(r'\2', TEMPLATE)


def settings(text):
    parser = configparser.ConfigParser()
    parser.read_string(text)
    return parser['uwsgi']


def of_way(way):
    """The settings of a box with this `trace`."""
    run, middleware = re.fullmatch(
        r'.*?\{\{#if \(eq app\.trace "run"\)\}\}\n(.*?)\{\{else\}\}\n(.*?)\{\{/if\}\}\n.*', INI, re.DOTALL
    ).groups()
    return settings(re.sub(r'\{\{#if.*?\{\{/if\}\}\n', run if way == 'run' else middleware, INI, flags=re.DOTALL))


def test_uwsgi_has_what_ddtrace_asks_for():
    found = settings(re.sub(r'\{\{.*\}\}\n|^module.*\n|^import.*\n', '', INI, flags=re.MULTILINE))
    assert found['enable-threads'] == 'true'
    assert found['lazy-apps'] == 'true'


def test_the_app_is_traced_one_way_and_never_two():
    assert (of_way('run')['import'], of_way('run')['module']) == ('ddtrace.auto', 'app:app')
    assert ('import' in of_way('middleware'), of_way('middleware')['module']) == (False, 'traced:app')
    assert 'ddtrace' not in (UNITS / 'trial-app.service.hbs').read_text()


def test_a_terminated_uwsgi_ends_and_a_reloaded_one_finds_its_packages():
    assert of_way('run')['die-on-term'] == 'true'
    assert of_way('run')['binary-path'] == '/opt/trial-app/venv/bin/python'
    assert of_way('run')['need-app'] == 'true'


def test_nginx_and_uwsgi_share_a_socket_that_nobody_else_opens():
    path = of_way('run')['socket']
    assert f'uwsgi_pass unix:{path};' in NGINX
    assert (of_way('run')['chmod-socket'], of_way('run')['chown-socket']) == ('660', 'trial-app:www-data')
    assert 'User=www-data\n' in (UNITS / 'nginx.service').read_text()


def test_in_a_container_the_folder_gives_the_socket_to_nginx():
    assert 'chown-socket' not in IN_CONTAINER.sub(r'\1', TEMPLATE)
    unit = (UNITS / 'trial-app.service.hbs').read_text()
    assert 'install -d -o trial-app -g www-data -m 2750 /run/trial-app\n' in unit


def test_nginx_opens_the_port_of_the_app_and_no_other():
    assert re.findall(r'^\s*listen\s+(.*);$', NGINX, re.MULTILINE) == ['{{app.port}} default_server']
    assert re.findall(r'^\s*include\s+(.*);$', NGINX, re.MULTILINE) == ['/etc/nginx/uwsgi_params']
    assert '-c /etc/nginx/trial-app.conf' in (UNITS / 'nginx.service').read_text()


def test_a_line_of_nginx_is_json_without_the_caller_and_the_host():
    block = re.search(r'log_format json escape=json\s+(.*?);', NGINX, re.DOTALL).group(1)
    line = ''.join(re.findall(r"'([^']*)'", block))
    values = {'$status_number': '200', '$bytes_sent': '170', '$request_time': '0.004'}
    record = json.loads(re.sub(r'\$\w+', lambda found: values.get(found.group(), 'text'), line))
    assert record['http.status_code'] == 200
    assert set(re.findall(r'\$\w+', line)) == {'$time_iso8601', '$request_method', '$uri', *values}


def test_nginx_is_hardened_as_the_app_is():
    def hardening(text):
        lines = re.findall(r'^((?:Protect|Private|Restrict|NoNew|Lock|SystemCall)\w+=.*)$', text, re.MULTILINE)
        return sorted(lines)

    app = (SHARED / 'etc/systemd/system/trial-app.service.d/10-boxhound.conf.hbs').read_text()
    nginx = (UNITS / 'nginx.service').read_text()
    assert hardening(nginx) == hardening(app)
    assert len(hardening(app)) > 10
    assert 'CapabilityBoundingSet=CAP_NET_BIND_SERVICE\n' in nginx

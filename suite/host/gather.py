"""Describes the Agent of the machine that this runs on, as one JSON document. Changes nothing unless INPUT asks for it.

Its argument is INPUT as JSON: {"seconds": 50, "active": false, "probes": {"keys": SOURCE, "logs": SOURCE, "receiver": SOURCE}}. It also runs
under the oldest interpreters that hosts bring (3.7), and without root, where it tells less.
"""

from __future__ import annotations

import __future__

import contextlib
import glob
import hashlib
import io
import json
import os
import platform
import pwd
import re
import shutil
import signal
import stat
import subprocess
import sys
import time

INPUT = json.loads(sys.argv[1])
BEGUN = time.monotonic()
ROOT = os.geteuid() == 0
AGENT_USER = 'dd-agent'
LONGEST_TEXT = 4000
LARGEST_OUTPUT = 8 << 20
LARGEST_CONFIGCHECK = 400_000

# Only these leave the machine: the whole status has process arguments and memory statistics.
STATUS_KEYS = (
    'version flavor lab agent_start_nano time_nano hostnameStats endpointsInfos hostTags agent_metadata JMXStatus '
    'checkSchedulerStats pyLoaderStats autoConfigStats'
).split()
RUNNER_KEYS = (
    'CheckConfigSource CheckVersion Interval LongRunning TotalRuns TotalErrors TotalWarnings LastError LastWarnings '
    'LastExecutionDate LastExecutionTime AverageExecutionTime LastSuccessDate UpdateTimestamp'
).split()

# Variables of the Agent's process that decide what is judged; none is a secret.
VARIABLES = 'DD_TAGS DD_EXTRA_TAGS DD_ENV DD_HOSTNAME DD_LOGS_ENABLED DD_APM_ENABLED DD_APM_RECEIVER_PORT'.split()
SETTINGS = ['tags', 'extra_tags', 'env', 'hostname', 'logs_enabled', 'apm_config']

SECRET_FILES = ['/etc/datadog-agent/auth_token', '/etc/datadog-agent/ipc_cert.pem']

errors: dict[str, str] = {}


def left() -> float:
    """Seconds that remain; at least one, so that the last command gets to say something."""
    return max(1.0, INPUT['seconds'] - (time.monotonic() - BEGUN))


def run(words: list[str], most: float = 20) -> dict[str, object]:
    """Runs a program. Its output is cut, and so is its time."""
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=min(most, left()), check=False)
    except FileNotFoundError:
        return {'code': 127, 'stdout': '', 'stderr': f'{words[0]}: no such program'}
    except PermissionError as error:
        return {'code': 126, 'stdout': '', 'stderr': str(error)}
    except subprocess.TimeoutExpired:
        return {'code': 124, 'stdout': '', 'stderr': f'did not finish within {min(most, left()):.0f} s'}
    text = [part[:LARGEST_OUTPUT].decode('utf-8', 'replace') for part in (done.stdout, done.stderr)]
    return {'code': done.returncode, 'stdout': text[0], 'stderr': text[1][-LONGEST_TEXT:]}


def read(path: str, limit: int = 1 << 20) -> str:
    with open(path, encoding='utf-8', errors='replace') as stream:
        return stream.read(limit)


def probe(name: str, given: object) -> object:
    """Runs one of the suite's own probes. Annotations are not evaluated, since old interpreters don't know them."""
    code = compile(INPUT['probes'][name], name, 'exec', flags=__future__.annotations.compiler_flag, dont_inherit=True)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, {'__name__': '__main__', 'json': json, 'INPUT': given})
    return json.loads(printed.getvalue())


def host() -> dict[str, object]:
    known = {'name': platform.node(), 'system': platform.system(), 'machine': ''}
    with contextlib.suppress(OSError):
        names = re.search(r'^PRETTY_NAME="?([^"\n]*)', read('/etc/os-release'), re.M)
        known['system'] = names.group(1) if names else known['system']
    with contextlib.suppress(OSError):
        # The id itself must not leave the machine (machine-id(5)).
        known['machine'] = hashlib.sha256(read('/etc/machine-id').strip().encode()).hexdigest()[:16]
    return known


def packages() -> list[dict[str, str]]:
    """The Agent's packages, as dpkg or rpm know them."""
    if shutil.which('dpkg-query'):
        listed = str(run(['dpkg-query', '-W', '-f', '${Package}\t${Version}\t${db:Status-Abbrev}\n', 'datadog-*agent*'])['stdout'])
        rows = [line.split('\t') for line in listed.splitlines()]
        return [{'name': row[0], 'version': row[1], 'state': row[2].strip()} for row in rows if len(row) == 3 and row[1] and row[2][1:2] == 'i']
    if shutil.which('rpm'):
        listed = str(run(['rpm', '-qa', '--queryformat', '%{NAME}\t%{VERSION}-%{RELEASE}\n', 'datadog-*agent*'])['stdout'])
        locks = ''
        for path in ('/etc/dnf/plugins/versionlock.list', '/etc/yum/pluginconf.d/versionlock.list'):
            with contextlib.suppress(OSError):
                locks += read(path)
        rows = [line.split('\t') for line in listed.splitlines()]
        return [{'name': row[0], 'version': row[1], 'state': 'locked' if row[0] in locks else 'ii'} for row in rows if len(row) == 2]
    return []


def containers() -> list[dict[str, str]]:
    """Containers that run the Agent's image."""
    found = []
    for engine in ('docker', 'podman'):
        if shutil.which(engine):
            listed = str(run([engine, 'ps', '--format', '{{.ID}}\t{{.Image}}\t{{.Names}}'], 10)['stdout'])
            for row in (line.split('\t') for line in listed.splitlines()):
                if len(row) == 3 and re.search(r'datadog.*agent|(?:^|/)agent(?:[:@]|$)', row[1]) and 'cluster-agent' not in row[1]:
                    found.append({'engine': engine, 'id': row[0], 'image': row[1], 'name': row[2]})
    return found


def agent() -> dict[str, object]:
    """Where the Agent is, and the command that asks it."""
    paths = ['/opt/datadog-agent/bin/agent/agent', '/opt/datadog-packages/datadog-agent/stable/bin/agent/agent']
    binary = shutil.which('datadog-agent') or next((path for path in paths if os.access(path, os.X_OK)), None)
    if binary:
        return {'kind': 'package', 'command': [binary], 'place': binary}
    if os.path.exists('/opt/datadog-agent/agent/agent.py'):
        return {'kind': 'agent5', 'command': [], 'place': '/opt/datadog-agent/agent/agent.py'}
    running = containers()
    if running:
        first = running[0]
        return {'kind': 'container', 'command': [first['engine'], 'exec', first['id'], 'agent'], 'place': f'{first["engine"]} container {first["name"]} ({first["image"]})'}
    return {'kind': 'none', 'command': [], 'place': ''}


def units() -> dict[str, dict[str, str]] | None:
    """The Agent's units; None without systemd."""
    if not os.path.isdir('/run/systemd/system'):
        return None
    names = {'datadog-agent.service'}
    for folder in ('/etc/systemd/system', '/usr/lib/systemd/system', '/lib/systemd/system'):
        names |= {os.path.basename(path) for path in glob.glob(f'{folder}/datadog-agent*.service')}
    wanted = 'Id,LoadState,ActiveState,SubState,Result,NRestarts,MainPID,UnitFileState,ActiveEnterTimestampMonotonic'
    shown = str(run(['systemctl', 'show', '--property', wanted, *sorted(names)])['stdout'])
    found = {}
    for block in shown.split('\n\n'):
        fields = dict(line.split('=', 1) for line in block.splitlines() if '=' in line)
        if fields.get('LoadState') not in (None, 'not-found'):
            found[fields.get('Id', '')] = fields
    return found


def process_of(known: dict[str, dict[str, str]] | None) -> int:
    return int(((known or {}).get('datadog-agent.service') or {}).get('MainPID') or 0)


def owner(process: int) -> str:
    if process == 0:
        return ''
    number = os.stat(f'/proc/{process}').st_uid
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def environment(process: int) -> dict[str, str]:
    """The variables of the Agent's process that decide what is judged."""
    if process == 0:
        return {}
    pairs = [pair.split('=', 1) for pair in read(f'/proc/{process}/environ').split('\0') if '=' in pair]
    return {name: value[:LONGEST_TEXT] for name, value in pairs if name in VARIABLES}


def settings() -> dict[str, str]:
    """Some settings of datadog.yaml, each with the lines that belong to it. The rest of the file, keys included, stays here."""
    found: dict[str, list[str]] = {}
    current = None
    for line in read('/etc/datadog-agent/datadog.yaml').splitlines():
        name = re.match(r'([A-Za-z_]\w*)\s*:', line)
        if name:
            current = name.group(1) if name.group(1) in SETTINGS else None
        elif line[:1] not in ('', ' ', '\t', '-', '#'):
            current = None
        if current:
            found.setdefault(current, []).append(line)
    return {name: '\n'.join(lines)[:20_000] for name, lines in found.items()}


def document_in(output: str) -> object:
    """The JSON object in an output that may begin with other text."""
    start = output.find('{')
    while start >= 0:
        with contextlib.suppress(ValueError):
            return json.JSONDecoder().raw_decode(output, start)[0]
        start = output.find('{', start + 1)
    return None


def cut(value: object) -> object:
    return value[:LONGEST_TEXT] if isinstance(value, str) else value


def reduced(document: dict[str, object]) -> dict[str, object]:
    """The parts of a status that are judged."""
    def part(value: object, keys: list[str]) -> dict[str, object]:
        return {key: value[key] for key in keys if key in value} if isinstance(value, dict) else {}

    kept = part(document, STATUS_KEYS)
    kept['metadata'] = part(document.get('metadata'), ['host-tags', 'meta'])
    kept['forwarderStats'] = part(document.get('forwarderStats'), ['APIKeyStatus', 'APIKeyFailure'])
    kept['logsStats'] = part(document.get('logsStats'), ['is_running', 'integrations', 'errors', 'warnings'])
    apm = document.get('apmStats')
    kept['apmStats'] = part(apm, ['error', 'port'])
    kept['apmStats']['config'] = part(apm.get('config') if isinstance(apm, dict) else None, ['ReceiverPort', 'ReceiverEnabled', 'Enabled'])
    checks = part(document.get('runnerStats'), ['Checks']).get('Checks')
    kept['runnerStats'] = {'Checks': {}}
    for name, instances in (checks or {}).items() if isinstance(checks, dict) else []:
        if isinstance(instances, dict):
            kept['runnerStats']['Checks'][name] = {number: {key: cut(value) for key, value in part(one, RUNNER_KEYS).items()} for number, one in instances.items()}
    return kept


def status(command: list[str]) -> dict[str, object]:
    answer = run([*command, 'status', '--json'])
    document = document_in(str(answer['stdout'])) if answer['code'] == 0 else None
    if not isinstance(document, dict):
        words = (str(answer['stderr']).strip() or str(answer['stdout']).strip())[-LONGEST_TEXT:]
        return {'code': answer['code'], 'document': None, 'error': words}
    return {'code': 0, 'document': reduced(document), 'error': ''}


def configcheck(command: list[str]) -> dict[str, object]:
    answer = run([*command, 'configcheck'])
    return {'code': answer['code'], 'text': str(answer['stdout'])[:LARGEST_CONFIGCHECK], 'error': answer['stderr']}


def exposed(path: str) -> bool:
    """Whether every user of this machine can read the file."""
    if not stat.S_IMODE(os.stat(path).st_mode) & stat.S_IROTH:
        return False
    folder = os.path.dirname(path)
    while folder != '/':
        if not stat.S_IMODE(os.stat(folder).st_mode) & stat.S_IXOTH:
            return False
        folder = os.path.dirname(folder)
    return True


def secrets() -> list[dict[str, object]]:
    """Files with keys, and whether everyone can read them. A value is never told."""
    found: list[dict[str, object]] = list(probe('keys', None))  # type: ignore[arg-type, call-overload]
    found += [{'file': path, 'setting': 'a secret of the Agent', 'length': os.path.getsize(path)} for path in SECRET_FILES if os.path.exists(path)]
    return [{**one, 'mode': f'{stat.S_IMODE(os.stat(str(one["file"])).st_mode):04o}', 'exposed': exposed(str(one['file']))} for one in found]


def log_files(document: dict[str, object]) -> list[str]:
    """Files that the Agent's log sources name, without patterns."""
    found = []
    logs = document.get('logsStats')
    for one in (logs.get('integrations') or []) if isinstance(logs, dict) else []:
        for source in one.get('sources') or []:
            if source.get('type') == 'file':
                path = (source.get('configuration') or {}).get('Path') or ''
                found += [text.split(' ')[0] for text in source.get('inputs') or []] + ([] if re.search(r'[*?\[]', path) else [path])
    return sorted({path for path in found if path.startswith('/')})[:200]


def check_runs(command: list[str], names: list[str]) -> dict[str, object]:
    """One run of each check, as the Agent's own user."""
    user = [] if 'exec' in command else ['runuser', '-u', AGENT_USER, '--']
    runs: dict[str, object] = {}
    for name in names:
        if left() <= 3:
            break
        answer = run([*user, *command, 'check', name, '--json'], 60)
        runs[name] = {**answer, 'stdout': str(answer['stdout'])[-300_000:]}
    return runs


def section(name: str, work):  # type: ignore[no-untyped-def]
    """What a part finds; None, and the reason in `errors`, if it can't find anything."""
    try:
        return work()
    except Exception as error:  # a part that fails must not take the others with it
        errors[name] = f'{type(error).__name__}: {error}'[:500]
        return None


def active(found: dict[str, object], command: list[str], document: dict[str, object]) -> None:
    """What changes the machine: log rotation, one run of each check, one trace."""
    checks = document['runnerStats']['Checks']  # type: ignore[index, call-overload]
    names = [name for name in checks if re.fullmatch(r'[\w.-]{1,100}', name)]
    found['checkRuns'] = section('checkRuns', lambda: check_runs(command, names))
    apm = document['apmStats']
    port = apm.get('config', {}).get('ReceiverPort') or 8126  # type: ignore[attr-defined]
    found['trace'] = section('trace', lambda: probe('receiver', {'do': 'trace', 'port': port, 'service': 'boxhound-verify', 'seconds': min(20, left())}))


def main() -> None:
    # Whatever hangs, this process ends, and its connection with it.
    signal.alarm(int(INPUT['seconds']) + 5)
    found: dict[str, object] = {'format': 1, 'root': ROOT, 'user': pwd.getpwuid(os.geteuid()).pw_name, 'active': INPUT['active']}
    found['host'] = section('host', host)
    found['packages'] = section('packages', packages)
    found['agent'] = section('agent', agent)
    known = found['units'] = section('units', units)
    process = section('process', lambda: process_of(known)) or 0
    found['owner'] = section('owner', lambda: owner(process))
    found['environment'] = section('environment', lambda: environment(process))
    command = (found['agent'] or {}).get('command') or []  # type: ignore[attr-defined]
    if command:
        found['status'] = answer = section('status', lambda: status(command))
        document = (answer or {}).get('document')
        if document:
            found['configcheck'] = section('configcheck', lambda: configcheck(command))
            files = section('logFiles', lambda: log_files(document)) or []
            if files and ROOT and command[1:2] != ['exec']:
                found['logs'] = section('logs', lambda: probe('logs', {'logs': files, 'rotate': INPUT['active']}))
            if INPUT['active']:
                active(found, command, document)
        found['after'] = section('after', lambda: process_of(units()))
        found['process'] = process
    if os.path.isdir('/etc/datadog-agent'):
        found['settings'] = section('settings', settings)
        found['secrets'] = section('secrets', secrets)
    print(json.dumps({**found, 'errors': errors}))


main()

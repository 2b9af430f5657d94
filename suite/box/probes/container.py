"""What podman and systemd report of the Agent's container, and whether its configuration shows a secret."""

import re
import subprocess

ENVIRONMENT = '/etc/datadog-agent/environment'
RECORD = '/usr/lib/boxhound/images.d/agent.json'


def output(*command: str) -> str:
    run = subprocess.run(command, capture_output=True, text=True, timeout=100)
    if run.returncode != 0:
        raise RuntimeError(f'{command[0]}: {run.stderr.strip() or run.returncode}')
    return run.stdout


def read(path: str) -> str:
    try:
        with open(path, encoding='utf-8') as stream:
            return stream.read()
    except FileNotFoundError:
        return ''


def secrets() -> dict[str, str]:
    """Keys in the Agent's environment file, and passwords in the configuration of its checks, each with its place."""
    found = {value: f'{name} of {ENVIRONMENT}' for name, value in re.findall(r'^(\w*KEY)="?([^"\s]+)', read(ENVIRONMENT), re.M)}
    listed = subprocess.run(['grep', '-rsE', r'^\s*password:', '/etc/datadog-agent/conf.d'], capture_output=True, text=True)
    for line in listed.stdout.splitlines():
        path, _, setting = line.partition(':')
        value = setting.partition(':')[2].strip().strip('"\'')
        if len(value) >= 8:
            found[value] = f'the password of {path}'
    return found


def inspected(name: str) -> dict[str, object]:
    text = output('podman', 'inspect', '--type=container', name)
    container = json.loads(text)[0]  # noqa: F821
    state, host = container['State'], container['HostConfig']
    restarts = output('systemctl', 'show', '--value', '-p', 'NRestarts', f'{name}.service').strip()
    return {
        'running': bool(state['Running']),
        'health': (state.get('Health') or state.get('Healthcheck') or {}).get('Status') or 'no health yet',
        'image': container['ImageName'],
        'digest': container.get('ImageDigest') or '',
        'mounts': [{'source': mount['Source'], 'target': mount['Destination'], 'writable': bool(mount['RW'])} for mount in container['Mounts']],
        'networks': {key: network['IPAddress'] for key, network in container['NetworkSettings']['Networks'].items()},
        'hostName': host['UTSMode'] == 'host',
        'privileged': bool(host['Privileged']),
        'user': container['Config']['User'],
        'restarts': int(restarts or 0),
        'shown': sorted({place for value, place in secrets().items() if value in text}),
    }


def main() -> None:
    baked = json.loads(read(RECORD) or '{}')  # noqa: F821
    empty: dict[str, object] = {
        **{'error': '', 'running': False, 'health': '', 'image': '', 'digest': '', 'mounts': [], 'networks': {}},
        **{'hostName': False, 'privileged': False, 'user': '', 'restarts': 0, 'shown': []},
        'baked': {'digest': baked.get('digest', ''), 'reference': baked.get('reference', '')},
    }
    try:
        report = {**empty, **inspected(INPUT['name'])}  # noqa: F821
    except (RuntimeError, OSError, subprocess.TimeoutExpired) as error:
        report = {**empty, 'error': str(error)}
    print(json.dumps(report))  # noqa: F821


main()

"""Logs in to the database with the Agent's user from three places: its container, another address of the bridge, and another network.

The two strangers are network namespaces made for a moment. Each also connects to this machine's SSH port, since a
refusal proves nothing where no packet arrives.
"""

import ipaddress
import os
import re
import shutil
import subprocess

BRIDGE = 'boxhound0'
# RFC 5737, for documentation: nobody's network.
OTHER = ('192.0.2.1', '192.0.2.2')


def run(*command: str, check: bool = True) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    if check and done.returncode != 0:
        raise RuntimeError(f'{" ".join(command)}: {done.stderr.strip()}')


def filled(text: str) -> str:
    login: dict[str, object] = INPUT['login']  # noqa: F821
    return re.sub(r'\{(host|port|username|password)\}', lambda found: str(login[found[1]]), text)


def login(enter: list[str]) -> tuple[bool, str]:
    """Whether a login in that network is accepted, and what was said."""
    client = INPUT['client']  # noqa: F821
    program = next((found for name in client['programs'] if (found := shutil.which(name))), None)
    if program is None:
        raise RuntimeError(f'none of these is installed: {", ".join(client["programs"])}')
    done = subprocess.run(
        [*enter, program, *map(filled, client['arguments'])],
        input=client['statement'].replace('{statement}', INPUT['statement']) + '\n',  # noqa: F821
        env={'PATH': os.environ.get('PATH', '')} | {name: filled(value) for name, value in client['environment'].items()},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode == 0 and done.stdout.strip() != '', done.stderr.strip()[-400:]


def arrives(enter: list[str], host: str) -> str:
    """Empty if a packet from there reaches this machine."""
    script = 'exec 3<>/dev/tcp/"$0"/22'
    done = subprocess.run([*enter, 'timeout', '10', 'bash', '-c', script, host], capture_output=True, text=True)
    return '' if done.returncode == 0 else f'nothing reaches {host} from there: {done.stderr.strip()[-200:]}'


def attempt(place: str, address: str, wanted: bool, enter: list[str]) -> dict[str, object]:
    """One login; `arrives` is only asked of strangers, whose refusal has to be worth something."""
    found: dict[str, object] = {'from': place, 'address': address, 'wanted': wanted, 'admitted': False, 'said': '', 'error': ''}
    try:
        found['error'] = '' if wanted else arrives(enter, INPUT['gateway'])  # noqa: F821
        if found['error'] == '':
            found['admitted'], found['said'] = login(enter)
    except (RuntimeError, OSError, subprocess.TimeoutExpired) as error:
        found['error'] = str(error)
    return found


def spare() -> str:
    """The last host address of the bridge that is neither the Agent's nor this machine's."""
    return str(list(ipaddress.ip_network(INPUT['subnet']).hosts())[-1])  # noqa: F821


class Stranger:
    """A network namespace with one address, reached over a pair of interfaces; gone at the end."""

    def __init__(self, name: str, address: str, gateway: str, bridge: str | None) -> None:
        self.name, self.address, self.gateway, self.bridge = name, address, gateway, bridge
        self.enter = ['ip', 'netns', 'exec', name]

    def __enter__(self) -> 'Stranger':
        outside = f'{self.name}0'
        run('ip', 'netns', 'add', self.name)
        run('ip', 'link', 'add', outside, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', self.name)
        if self.bridge is None:
            run('ip', 'address', 'add', f'{self.gateway}/30', 'dev', outside)
            length = 30
        else:
            run('ip', 'link', 'set', outside, 'master', self.bridge)
            length = ipaddress.ip_network(INPUT['subnet']).prefixlen  # noqa: F821
        run('ip', 'link', 'set', outside, 'up')
        run(*self.enter, 'ip', 'address', 'add', f'{self.address}/{length}', 'dev', 'eth0')
        run(*self.enter, 'ip', 'link', 'set', 'eth0', 'up')
        run(*self.enter, 'ip', 'route', 'add', 'default', 'via', self.gateway)
        return self

    def __exit__(self, *_: object) -> None:
        run('ip', 'link', 'delete', f'{self.name}0', check=False)
        run('ip', 'netns', 'delete', self.name, check=False)


def stranger(place: str, name: str, address: str, gateway: str, bridge: str | None) -> dict[str, object]:
    try:
        with Stranger(name, address, gateway, bridge) as one:
            return attempt(place, address, False, one.enter)
    except (RuntimeError, OSError, subprocess.TimeoutExpired) as error:
        run('ip', 'link', 'delete', f'{name}0', check=False)
        run('ip', 'netns', 'delete', name, check=False)
        return {'from': place, 'address': address, 'wanted': False, 'admitted': False, 'said': '', 'error': str(error)}


def container() -> dict[str, object]:
    try:
        with open(INPUT['network'], encoding='ascii') as stream:  # noqa: F821
            enter = ['nsenter', f'--net=/proc/{stream.read().strip()}/ns/net', '--']
    except OSError as error:
        place = {'from': 'the Agent’s container', 'address': INPUT['agent'], 'wanted': True}  # noqa: F821
        return {**place, 'admitted': False, 'said': '', 'error': f'the container does not run: {error}'}
    return attempt('the Agent’s container', INPUT['agent'], True, enter)  # noqa: F821


def main() -> None:
    attempts = [
        container(),
        stranger('another container on the bridge', 'boxhoundn', spare(), INPUT['gateway'], BRIDGE),  # noqa: F821
        stranger('another network', 'boxhoundo', OTHER[1], OTHER[0], None),
    ]
    print(json.dumps(attempts))  # noqa: F821


main()

"""Prepares a machine with an Agent for the contract tests, and puts it back.

The suite prepends INPUT, which says what to do:

    {"do": "plant", "files": {NAME: SOURCE}}          checks boxhound_contract_NAME with their configuration
    {"do": "disturb", "environment": {NAME: VALUE}}   adds variables to the environment file, restarts the Agent
    {"do": "restore"}                                 removes all of that, restarts the Agent if it was disturbed

The original files are kept in a folder of root's until `restore`. If that never comes, a systemd timer restores them
after a quarter of an hour.
"""

import json
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

ETC = Path('/etc/datadog-agent')
ENVIRONMENT = ETC / 'environment'
KEPT = Path('/var/lib/boxhound-contract')
PREFIX = 'boxhound_contract_'
GUARD = 'boxhound-contract-restore'
SHAPES = """\
init_config:
instances:
  - name: first
    min_collection_interval: 45
    api_key: 0123456789abcdef0123456789abcdef
    password: Planted4you
    tags: [check:contract]
"""
INSTANCES = {'shapes': SHAPES}
DEFAULT = 'init_config:\ninstances:\n  - {}\n'


def own(path: Path, mode: int) -> None:
    user = pwd.getpwnam('dd-agent')
    os.chown(path, user.pw_uid, user.pw_gid)
    path.chmod(mode)


def run(*words: str) -> None:
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=120)


def plant(files: dict[str, str]) -> None:
    for name, source in files.items():
        check = ETC / 'checks.d' / f'{PREFIX}{name}.py'
        folder = ETC / 'conf.d' / f'{PREFIX}{name}.d'
        folder.mkdir(exist_ok=True)
        own(folder, 0o755)
        check.write_text(source, encoding='utf-8')
        own(check, 0o644)
        conf = folder / 'conf.yaml'
        conf.write_text(INSTANCES.get(name, DEFAULT), encoding='utf-8')
        own(conf, 0o640)


def disturb(variables: dict[str, str]) -> None:
    before = ENVIRONMENT.read_text(encoding='utf-8') if ENVIRONMENT.exists() else None
    # If systemd has given up on it for lack of a key, it would not restart it so soon.
    subprocess.run(['systemctl', 'reset-failed', 'datadog-agent-trace.service'], check=False, stderr=subprocess.DEVNULL)
    (KEPT / 'environment.json').write_text(json.dumps({'before': before}), encoding='utf-8')
    lines = [line for line in (before or '').splitlines() if line.split('=')[0] not in variables]
    lines += [f'{name}="{value}"' for name, value in variables.items()]
    about = ENVIRONMENT.stat() if before is not None else None
    ENVIRONMENT.write_text('\n'.join(lines) + '\n', encoding='utf-8')
    ENVIRONMENT.chmod(0o640)
    os.chown(ENVIRONMENT, 0, about.st_gid if about else pwd.getpwnam('dd-agent').pw_gid)
    run('systemctl', 'restart', 'datadog-agent.service')


def restore() -> None:
    for path in [
        *ETC.glob(f'checks.d/{PREFIX}*'),
        *ETC.glob(f'conf.d/{PREFIX}*.d'),
        *ETC.glob(f'checks.d/__pycache__/{PREFIX}*'),
    ]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    kept = KEPT / 'environment.json'
    if kept.exists():
        before = json.loads(kept.read_text(encoding='utf-8'))['before']
        if before is None:
            ENVIRONMENT.unlink(missing_ok=True)
        else:
            # Written in place, so that owner and mode stay.
            ENVIRONMENT.write_text(before, encoding='utf-8')
        run('systemctl', 'restart', 'datadog-agent.service')
    hidden = KEPT / 'auth_token'
    if hidden.exists():
        hidden.replace(ETC / 'auth_token')
    shutil.rmtree(KEPT, ignore_errors=True)


def guard(script: str) -> None:
    """Lets systemd restore everything in case the connection is lost for good."""
    KEPT.mkdir(mode=0o700, exist_ok=True)
    file = KEPT / 'restore.py'
    file.write_text(f'import json\nINPUT = {{"do": "restore"}}\n{script}', encoding='utf-8')
    subprocess.run(['systemctl', 'stop', f'{GUARD}.timer'], check=False, stderr=subprocess.DEVNULL)
    run('systemd-run', f'--unit={GUARD}', '--on-active=15m', sys.executable, '-IB', str(file))


def main() -> None:
    what = INPUT['do']  # noqa: F821 - put in front by the suite
    if what == 'plant':
        guard(INPUT['script'])  # noqa: F821
        plant(INPUT['files'])  # noqa: F821
    elif what == 'disturb':
        disturb(INPUT['environment'])  # noqa: F821
    else:
        restore()
        subprocess.run(['systemctl', 'stop', f'{GUARD}.timer'], check=False, stderr=subprocess.DEVNULL)
    print(json.dumps({'done': what}))


main()

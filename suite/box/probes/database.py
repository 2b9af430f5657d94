"""Runs statements as one database user and reports each result; the password is passed only by environment."""

import os
import re
import shutil
import subprocess

MARK = 'boxhound-statement-'


def filled(text: str) -> str:
    """Replaces `{host}`, `{port}`, `{username}` and `{password}` with the values of the Agent's check."""
    login: dict[str, object] = INPUT['login']  # noqa: F821
    return re.sub(r'\{(host|port|username|password)\}', lambda found: str(login[found[1]]), text)


def command() -> list[str]:
    client = INPUT['client']  # noqa: F821
    program = next((found for name in client['programs'] if (found := shutil.which(name))), None)
    if program is None:
        raise SystemExit(f'none of these is installed: {", ".join(client["programs"])}')
    return [*network(), program, *map(filled, client['arguments'])]


def network() -> list[str]:
    """Enters the network of the container whose process id is in the file INPUT['network']."""
    path: str | None = INPUT['network']  # noqa: F821
    if path is None:
        return []
    try:
        with open(path, encoding='ascii') as stream:
            return ['nsenter', f'--net=/proc/{stream.read().strip()}/ns/net', '--']
    except FileNotFoundError:
        raise SystemExit(f'no {path}: the container does not run') from None


def script(statements: list[str]) -> str:
    """One line per statement, so that an error's line number identifies it; a mark before each separates their rows."""
    client = INPUT['client']  # noqa: F821
    return ''.join(
        f'{client["mark"].replace("{mark}", f"{MARK}{number}")}\n{client["statement"].replace("{statement}", statement)}\n'
        for number, statement in enumerate(statements)
    )


def main() -> None:
    statements: list[str] = INPUT['statements']  # noqa: F821
    client = INPUT['client']  # noqa: F821
    run = subprocess.run(
        command(),
        input=script(statements),
        env={'PATH': os.environ.get('PATH', '')} | {name: filled(value) for name, value in client['environment'].items()},
        capture_output=True,
        text=True,
        timeout=60,
    )
    errors: dict[int, str] = {}
    for line, text in re.findall(client['error'], run.stderr, re.MULTILINE):
        errors.setdefault(int(line), text)
    rows: dict[int, list[str]] = {}
    current = -1
    for line in run.stdout.splitlines():
        if line.startswith(MARK):
            current = int(line[len(MARK) :])
            rows[current] = []
        elif current >= 0:
            rows[current].append(line)
    # Without a single mark the login itself failed, so the whole message is about that.
    failed = None if rows else (run.stderr.strip() or f'exit status {run.returncode}')
    results = [
        {'ok': failed is None and number * 2 + 2 not in errors, 'rows': rows.get(number, []), 'error': failed or errors.get(number * 2 + 2, '')}
        for number in range(len(statements))
    ]
    print(json.dumps(results))  # noqa: F821


main()

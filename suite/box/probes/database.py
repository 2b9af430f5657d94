"""Runs statements as one database user over TCP and tells what became of each; the password goes by environment only."""

import os
import re
import shutil
import subprocess

MARK = 'boxhound-statement-'


def main() -> None:
    statements: list[str] = INPUT['statements']  # noqa: F821
    client = shutil.which('mariadb') or shutil.which('mysql')
    if client is None:
        raise SystemExit('neither mariadb nor mysql is installed')
    # One line per statement, so that an error's line number names its statement; a mark before each one's rows.
    script = ''.join(f"SELECT '{MARK}{number}';\n{statement};\n" for number, statement in enumerate(statements))
    run = subprocess.run(
        [client, '--no-defaults', '--batch', '--skip-column-names', '--force', '--protocol=TCP', '--connect-timeout=20']
        + [f'--host={INPUT["host"]}', f'--port={INPUT["port"]}', f'--user={INPUT["username"]}'],  # noqa: F821
        input=script,
        env={'PATH': os.environ.get('PATH', ''), 'MYSQL_PWD': INPUT['password']},  # noqa: F821
        capture_output=True,
        text=True,
        timeout=60,
    )
    errors = {int(line): text for line, text in re.findall(r'at line (\d+): (.*)', run.stderr)}
    rows: dict[int, list[str]] = {}
    current = -1
    for line in run.stdout.splitlines():
        if line.startswith(MARK):
            current = int(line[len(MARK) :])
            rows[current] = []
        elif current >= 0:
            rows[current].append(line)
    # Without a single mark the login itself failed, and the whole message is about that.
    failed = None if rows else (run.stderr.strip() or f'exit status {run.returncode}')
    results = [
        {'ok': failed is None and number * 2 + 2 not in errors, 'rows': rows.get(number, []), 'error': failed or errors.get(number * 2 + 2, '')}
        for number in range(len(statements))
    ]
    print(json.dumps(results))  # noqa: F821


main()

"""The last records of a log of JSON lines, read as dd-agent would: by a process that has become dd-agent."""

import os
import pwd


def tail(path: str, size: int) -> list[str]:
    with open(path, 'rb') as stream:
        stream.seek(0, os.SEEK_END)
        stream.seek(max(0, stream.tell() - size))
        lines = stream.read().decode('utf-8', 'replace').splitlines()
    return lines[-200:]


def parsed(line: str) -> object:
    try:
        return json.loads(line)  # noqa: F821
    except ValueError:
        return None


def main() -> None:
    user = pwd.getpwnam('dd-agent')
    os.initgroups('dd-agent', user.pw_gid)
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    try:
        lines = tail(INPUT['log'], 100_000)  # noqa: F821
    except OSError as error:
        print(json.dumps({'error': str(error), 'records': [], 'broken': 0}))  # noqa: F821
        return
    # The first line may be cut where the reading began.
    records = [parsed(line) for line in lines]
    broken = sum(1 for record in records[1:] if not isinstance(record, dict))
    print(json.dumps({'error': '', 'records': [record for record in records if isinstance(record, dict)], 'broken': broken}))  # noqa: F821


main()

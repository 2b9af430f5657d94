"""Records of a JSON lines log, read as dd-agent: by a process that has become dd-agent."""

import os
import pwd

LIMIT = 1_000_000


def read(path: str, start: int, size: int) -> list[str]:
    with open(path, 'rb') as stream:
        stream.seek(start)
        return stream.read(size).decode('utf-8', 'replace').splitlines()


def last_lines(path: str, size: int) -> list[str]:
    """Drops the first line if it may have been cut off by the read position."""
    start = max(0, os.path.getsize(path) - size)
    lines = read(path, start, size)
    return lines[1:] if start > 0 else lines


def lines_since(path: str, inode: int, size: int) -> list[str]:
    """What was written since the file had this size; after a rotation, from the end of the old file on."""
    found = os.stat(path)
    if found.st_ino == inode:
        return read(path, size if found.st_size >= size else 0, LIMIT)
    rest: list[str] = []
    try:
        if inode and os.stat(f'{path}.1').st_ino == inode:
            rest = read(f'{path}.1', size, LIMIT)
    except OSError:
        pass
    return rest + read(path, 0, LIMIT)


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
    log, since = INPUT['log'], INPUT['since']  # noqa: F821
    try:
        lines = last_lines(log, 100_000)
        fresh = [parsed(line) for line in lines_since(log, since['inode'], since['size'])]
    except OSError as error:
        print(json.dumps({'error': str(error), 'records': [], 'broken': 0}))  # noqa: F821
        return
    broken = sum(1 for line in lines if not isinstance(parsed(line), dict))
    records = [record for record in fresh if isinstance(record, dict)]
    print(json.dumps({'error': '', 'records': records[-200:], 'broken': broken}))  # noqa: F821


main()

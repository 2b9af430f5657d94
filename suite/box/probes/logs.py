"""Whether dd-agent can read log files, before and after a forced rotation by the system's configuration."""

import grp
import os
import pwd
import subprocess
import time


def readable(path: str) -> str:
    """Empty if dd-agent can read the file, else the reason. Tested by a child process that becomes dd-agent."""
    receiver, sender = os.pipe()
    child = os.fork()
    if child == 0:
        reason = ''
        try:
            user = pwd.getpwnam('dd-agent')
            os.initgroups('dd-agent', user.pw_gid)
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
            with open(path, 'rb') as stream:
                stream.read(1)
        except (OSError, KeyError) as error:
            reason = str(error) or type(error).__name__
        os.write(sender, reason.encode())
        os._exit(0)
    os.close(sender)
    with os.fdopen(receiver, 'rb') as stream:
        reason = stream.read().decode()
    os.waitpid(child, 0)
    return reason


def described(path: str) -> str:
    try:
        state = os.stat(path)
        return f'{oct(state.st_mode & 0o7777)[2:]} {pwd.getpwuid(state.st_uid).pw_name}:{grp.getgrgid(state.st_gid).gr_name}'
    except (OSError, KeyError) as error:
        return str(error)


def rotations(paths: list[str]) -> list[str]:
    """The logrotate files that name one of the logs, or a pattern in its folder."""
    found = []
    for name in sorted(os.listdir('/etc/logrotate.d')):
        path = f'/etc/logrotate.d/{name}'
        with open(path, encoding='utf-8') as stream:
            text = stream.read()
        if any(log in text or f'{os.path.dirname(log)}/' in text for log in paths):
            found.append(path)
    return found


def inode(path: str) -> int:
    try:
        return os.stat(path).st_ino
    except OSError:
        return 0


def main() -> None:
    paths: list[str] = INPUT['logs']  # noqa: F821
    report: dict[str, object] = {'before': {path: readable(path) for path in paths}, 'rotated': [], 'rotation': '', 'after': {}}
    if INPUT['rotate']:  # noqa: F821
        inodes = {path: inode(path) for path in paths}
        files = rotations(paths)
        for file in files:
            # The main file first: it may contain `su`, `create` and the like.
            run = subprocess.run(['logrotate', '-f', file], capture_output=True, text=True, timeout=60)
            if run.returncode != 0:
                report['rotation'] = (run.stderr or run.stdout).strip()[-500:]
        for _ in range(50):
            if all(os.path.exists(path) for path in paths):
                break
            time.sleep(0.1)
        report['files'] = files
        report['rotated'] = [path for path in paths if inode(path) != inodes[path]]
        report['after'] = {path: readable(path) for path in paths}
    report['described'] = {path: described(path) for path in paths}
    print(json.dumps(report))  # noqa: F821


main()

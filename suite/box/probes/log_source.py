"""Writes lines to a log source, before and after a forced rotation, and reports what the Agent's `stream-logs` shows of them."""

import fnmatch
import glob
import grp
import os
import pwd
import random
import socket
import subprocess
import tempfile
import time

SOURCE: dict[str, object] = INPUT['source']  # noqa: F821
KIND = str(SOURCE['type'])
ATTEMPT = 4.0
ATTEMPTS = 4


class Failed(Exception):
    """The line can't be written; the reason is for the report."""


def as_user(uid: int, gid: int, work: object) -> str:
    """Runs `work` in a child with that user's rights; returns why it failed, or nothing."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        reason = ''
        try:
            os.initgroups(pwd.getpwuid(uid).pw_name, gid)
            os.setgid(gid)
            os.setuid(uid)
            work()  # type: ignore[operator]
        except (OSError, KeyError) as error:
            reason = str(error) or type(error).__name__
        os.write(writer, reason.encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, encoding='utf-8') as stream:
        reason = stream.read()
    os.waitpid(child, 0)
    return reason


def readable(path: str) -> str:
    user = pwd.getpwnam('dd-agent')

    def read() -> None:
        with open(path, 'rb') as stream:
            stream.read(1)

    reason = as_user(user.pw_uid, user.pw_gid, read)
    return f'dd-agent: {reason}' if reason else ''


class File:
    """A file of the path: the one that was written last, or a new one as the folder's owner would make it."""

    def __init__(self) -> None:
        pattern = str(SOURCE['path'])
        unwanted = [str(one) for one in SOURCE.get('exclude_paths') or []]  # type: ignore[union-attr]
        found = [
            name
            for name in (glob.glob(pattern) if glob.has_magic(pattern) else [pattern])
            if os.path.isfile(name) and not any(fnmatch.fnmatch(name, one) for one in unwanted)
        ]
        self.made = not found
        self.path = max(found, key=os.path.getmtime) if found else pattern.replace('*', 'boxhound').replace('?', 'b')
        self.codec = {'utf-16-le': 'utf-16-le', 'utf-16-be': 'utf-16-be', 'shift-jis': 'shift_jis'}.get(
            str(SOURCE.get('encoding')), 'utf-8'
        )
        self.kept = ''
        if self.made:
            self._make()

    def _make(self) -> None:
        folder = os.path.dirname(self.path)
        if glob.has_magic(self.path) or not os.path.isdir(folder):
            raise Failed(f'no file matches {SOURCE["path"]}, and there is no folder for one')
        state = os.stat(folder)
        self._create(state.st_uid, state.st_gid, 0o640)

    def _create(self, uid: int, gid: int, mode: int) -> None:
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        os.fchown(descriptor, uid, gid)
        os.fchmod(descriptor, mode)
        os.close(descriptor)

    def write(self, lines: list[str]) -> None:
        state = os.stat(self.path)
        data = ''.join(f'{line}\n' for line in lines).encode(self.codec)

        def append() -> None:
            with open(self.path, 'ab') as stream:
                stream.write(data)

        reason = as_user(state.st_uid, state.st_gid, append)
        if reason:
            raise Failed(f'its owner can’t write to {self.path}: {reason}')

    def rotate(self) -> str:
        """By the system's own configuration, or by hand: rename, and a new file like the old one."""
        before = os.stat(self.path)
        for name in sorted(os.listdir('/etc/logrotate.d')):
            path = f'/etc/logrotate.d/{name}'
            with open(path, encoding='utf-8') as stream:
                words = stream.read().split()
            if not any(fnmatch.fnmatch(self.path, word.strip('"')) for word in words if word.startswith(('/', '"/'))):
                continue
            run = subprocess.run(['logrotate', '-f', path], capture_output=True, text=True, timeout=60)
            if run.returncode != 0:
                raise Failed(f'logrotate {path}: {(run.stderr or run.stdout).strip()[-300:]}')
            if not os.path.exists(self.path):
                self._create(before.st_uid, before.st_gid, before.st_mode & 0o777)
            if os.stat(self.path).st_ino != before.st_ino or os.stat(self.path).st_size < before.st_size:
                return f'by {path}'
        self.kept = f'{self.path}.boxhound-kept'
        os.rename(self.path, self.kept)
        self._create(before.st_uid, before.st_gid, before.st_mode & 0o777)
        return 'by renaming: no file in /etc/logrotate.d names it'

    def clean(self) -> None:
        """A writer may still hold the file that was renamed by hand: it gets its name back."""
        if self.kept:
            os.replace(self.kept, self.path)
        elif self.made and os.path.exists(self.path):
            os.unlink(self.path)

    def trouble(self) -> list[str]:
        return [one for one in [readable(self.path)] if one]

    def where(self) -> str:
        return self.path


class Journal:
    """Entries by the journal's own protocol, from within a unit's control group where the source wants units."""

    def __init__(self) -> None:
        self.group = ''
        units = [str(one) for one in SOURCE.get('include_units') or []]  # type: ignore[union-attr]
        for unit in units:
            group = subprocess.run(
                ['systemctl', 'show', '--value', '-p', 'ControlGroup', unit], capture_output=True, text=True, timeout=30
            ).stdout.strip()
            if group and os.path.exists(f'/sys/fs/cgroup{group}/cgroup.procs'):
                self.group = f'/sys/fs/cgroup{group}/cgroup.procs'
                break
        wanted = [str(one) for one in SOURCE.get('include_matches') or []]  # type: ignore[union-attr]
        own = [one for one in wanted if not one.startswith('_')]
        if units and not self.group and not own:
            raise Failed(f'none of its units runs: {", ".join(units)}')
        if wanted and not own and not self.group:
            raise Failed('only the journal itself can set the fields that it wants')
        self.fields = own[:1]

    def write(self, lines: list[str]) -> None:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                if self.group:
                    with open(self.group, 'w', encoding='ascii') as stream:
                        stream.write(str(os.getpid()))
                with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
                    for line in lines:
                        named = ['PRIORITY=6', 'SYSLOG_IDENTIFIER=boxhound', *self.fields]
                        text = line.encode()
                        data = b'MESSAGE\n' + len(text).to_bytes(8, 'little') + text + b'\n'
                        client.sendto(data + '\n'.join([*named, '']).encode(), '/run/systemd/journal/socket')
                # The journal asks for the unit of a process that must still be there.
                time.sleep(1)
                status = 0
            finally:
                os._exit(status)
        if os.waitpid(child, 0)[1] != 0:
            raise Failed('the journal does not take entries')

    def rotate(self) -> str:
        run = subprocess.run(['journalctl', '--rotate'], capture_output=True, text=True, timeout=60)
        if run.returncode != 0:
            raise Failed(f'journalctl --rotate: {run.stderr.strip()[-300:]}')
        return 'by journalctl --rotate'

    def clean(self) -> None:
        pass

    def trouble(self) -> list[str]:
        user = pwd.getpwnam('dd-agent')
        groups = {
            group.gr_name for group in grp.getgrall() if 'dd-agent' in group.gr_mem or group.gr_gid == user.pw_gid
        }
        allowed = groups & {'systemd-journal', 'adm', 'wheel'}
        return [] if allowed else ['dd-agent is not in the group systemd-journal: it sees nothing of the journal']

    def where(self) -> str:
        return 'the journal'


class Port:
    """A TCP or UDP port of this machine."""

    def __init__(self) -> None:
        self.port = int(str(SOURCE['port']))

    def write(self, lines: list[str]) -> None:
        try:
            if KIND == 'tcp':
                with socket.create_connection(('127.0.0.1', self.port), 5) as client:
                    client.sendall(''.join(f'{line}\n' for line in lines).encode())
            else:
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
                    for line in lines:
                        client.sendto(f'{line}\n'.encode(), ('127.0.0.1', self.port))
        except OSError as error:
            raise Failed(f'{KIND} port {self.port}: {error.strerror or error}') from error

    def rotate(self) -> str:
        return ''

    def clean(self) -> None:
        pass

    def trouble(self) -> list[str]:
        return []

    def where(self) -> str:
        return f'{KIND} port {self.port}'


class Stream:
    """The running `stream-logs`; what it prints goes to a file, so that nothing waits for a reader."""

    def __init__(self) -> None:
        self.file = tempfile.TemporaryFile()
        words = ['runuser', '-u', 'dd-agent', '--', 'datadog-agent', 'stream-logs', '--name', str(INPUT['integration'])]  # noqa: F821
        self.process = subprocess.Popen(words, stdout=self.file, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)

    def text(self) -> str:
        size = os.fstat(self.file.fileno()).st_size
        return os.pread(self.file.fileno(), size, 0).decode('utf-8', 'replace')

    def messages(self) -> list[str]:
        marks = [line.partition(' | Message: ') for line in self.text().splitlines()]
        return [message for _, mark, message in marks if mark]

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def word() -> str:
    """Letters only, so that a rule that masks digits leaves it alone."""
    return 'bxh' + ''.join(random.SystemRandom().choice('ghjkmnpqrtvwxz') for _ in range(16))


def forms(text: str) -> list[str]:
    """A text as it may stand in a message: as it is, or inside JSON; a line break as the Agent joins lines."""
    joined = text.replace('\n', '\\n')
    return [joined, json.dumps(joined)[1:-1], json.dumps(joined, ensure_ascii=False)[1:-1]]  # noqa: F821


def attempt(target: object, stream: Stream, seconds: float) -> tuple[list[str], bool]:
    """Writes every line once. Returns what is wrong, and whether anything arrived."""
    trials: list[dict[str, str | None]] = INPUT['trials']  # noqa: F821
    ids = [word() for _ in trials]
    target.write([str(one['line']).replace('{id}', own) for one, own in zip(trials, ids)])  # type: ignore[attr-defined]
    wanted = [own for one, own in zip(trials, ids) if one['arrives'] is not None]
    until = time.monotonic() + seconds
    while time.monotonic() < until and stream.process.poll() is None:
        text = stream.text()
        if all(own in text for own in wanted):
            break
        time.sleep(0.2)
    # What a rule must drop would have come with the others.
    time.sleep(0.7)
    messages = stream.messages()
    problems = []
    for one, own in zip(trials, ids):
        found = [message for message in messages if own in message]
        line = str(one['line'])
        if one['arrives'] is None:
            problems += [f'arrived, though a rule should drop it: {line}'] if found else []
        elif not found:
            problems.append(f'did not arrive: {line}')
        elif not any(form in found[0] for form in forms(str(one['arrives']).replace('{id}', own))):
            shown = found[0].replace(own, '{id}')[:300]
            problems.append(f'arrived as {shown} instead of {one["arrives"]}')
    return problems, any(own in message for own in ids for message in messages)


def phase(target: object, stream: Stream) -> list[str]:
    """The Agent looks for new files, and connects its stream, only every few seconds."""
    problems: list[str] = []
    for _ in range(ATTEMPTS):
        problems, arrived = attempt(target, stream, ATTEMPT)
        if not problems or arrived or stream.process.poll() is not None:
            break
    return problems


def main() -> None:
    report: dict[str, object] = {'where': '', 'before': [], 'after': [], 'rotation': '', 'trouble': [], 'stream': ''}
    target: File | Journal | Port | None = None
    stream = Stream()
    try:
        target = {'file': File, 'journald': Journal}.get(KIND, Port)()
        report['where'] = target.where()
        time.sleep(1)
        report['before'] = phase(target, stream)
        if not report['before'] and INPUT['rotate']:  # noqa: F821
            report['rotation'] = target.rotate()
            if report['rotation']:
                report['after'] = phase(target, stream)
        if report['before'] or report['after']:
            report['trouble'] = target.trouble()
    except KeyError as error:
        report['trouble'] = [f'no such account: {error}']
    except (Failed, OSError, subprocess.SubprocessError) as error:
        report['trouble'] = [str(error)]
    finally:
        if stream.process.poll() is not None:
            report['stream'] = f'stream-logs ended: {stream.text().strip()[-300:]}'
        stream.stop()
        if target is not None:
            target.clean()
    print(json.dumps(report))  # noqa: F821


main()

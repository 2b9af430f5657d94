"""Runs a command in a prepared root file system that is not trusted: confine.py TARGET COMMAND [ARG…].

TARGET is a mount point that target.sh has prepared. This process must be the first in its own process, mount, host name
and IPC namespaces (enter.sh). The command runs as root with only the capabilities that packages need, below a root from
which no path, not even in /proc, leads to this machine's files. Its exit status is passed on, and whatever it leaves
running ends with it. Only stdin, stdout, stderr and the descriptor in BOXHOUND_NOTES stay open.
"""
# Without pathlib, whose imports cost each layer some hundredths of a second.
# ruff: noqa: PTH100, PTH102, PTH110, PTH112, PTH120, PTH123

import ctypes
import os
import signal
import struct
import sys

# The capabilities(7) that dpkg, maintainer scripts and a database that is started once are known to need. Not included:
# SYS_ADMIN, SYS_MODULE, SYS_RAWIO, SYS_PTRACE, SYS_BOOT, SYS_TIME, DAC_READ_SEARCH, NET_ADMIN. With MKNOD devices can
# be created but not opened: every writable mount is nodev.
KEPT = {
    'CHOWN': 0,
    'DAC_OVERRIDE': 1,
    'FOWNER': 3,
    'FSETID': 4,
    'KILL': 5,
    'SETGID': 6,
    'SETUID': 7,
    'SETPCAP': 8,
    'NET_BIND_SERVICE': 10,
    'SYS_CHROOT': 18,
    'MKNOD': 27,
    'AUDIT_WRITE': 29,
    'SETFCAP': 31,
}
ENVIRONMENT = {
    'PATH': '/usr/sbin:/usr/bin:/sbin:/bin',
    'HOME': '/root',
    'LANG': 'C.UTF-8',
    'DEBIAN_FRONTEND': 'noninteractive',
}
PASSED = ('TERM', 'BOXHOUND_LAYER', 'BOXHOUND_APT_TIMEOUT', 'BOXHOUND_NOTES')

# Parts of /proc that change the machine or reveal something about it (as in container engines).
READ_ONLY = ('sys', 'bus', 'fs', 'irq', 'sysrq-trigger')
HIDDEN = (
    *('kcore', 'keys', 'key-users', 'kmsg', 'kallsyms', 'timer_list', 'sched_debug', 'latency_stats'),
    *('acpi', 'asound', 'scsi'),
)

# mount(2), umount(2)
RDONLY, NOSUID, NODEV, NOEXEC, REMOUNT, BIND, REC = 1, 2, 4, 8, 32, 4096, 16384
DETACH = 2

libc = ctypes.CDLL(None, use_errno=True)


def check(result: int, what: str) -> None:
    if result != 0:
        code = ctypes.get_errno()
        sys.exit(f'confine: {what}: {os.strerror(code)}')


def mount(source: str, target: str, kind: str, flags: int, data: str = '') -> None:
    result = libc.mount(source.encode(), os.fsencode(target), kind.encode(), ctypes.c_ulong(flags), data.encode())
    check(result, f'mount {kind or source} at {target}')


def remount(target: str, flags: int) -> None:
    mount('none', target, '', REMOUNT | BIND | flags)


def read(path: str) -> bytes:
    with open(path, 'rb') as file:
        return file.read()


def unescape(field: bytes) -> bytes:
    """A path as mountinfo writes it, with octal escapes for characters that would split its columns."""
    for code in (0o40, 0o11, 0o12, 0o134):
        field = field.replace(b'\\%03o' % code, bytes([code]))
    return field


def guard_proc(proc: str) -> None:
    """A /proc of this namespace's processes only; the machine's own settings are read-only or hidden."""
    mount('proc', proc, 'proc', NOSUID | NODEV | NOEXEC)
    for name in READ_ONLY:
        path = f'{proc}/{name}'
        if os.path.exists(path):
            mount(path, path, '', BIND | REC)
            remount(path, RDONLY | NOSUID | NODEV | NOEXEC)
    for name in HIDDEN:
        path = f'{proc}/{name}'
        if os.path.isdir(path):
            mount('tmpfs', path, 'tmpfs', RDONLY | NOSUID | NODEV | NOEXEC, 'size=4k,mode=555')
        elif os.path.exists(path):
            mount('/dev/null', path, '', BIND)
            remount(path, RDONLY | NOSUID | NOEXEC)


def own_mount_point() -> str:
    """The mount that this interpreter was started from."""
    program = os.open('/proc/self/exe', os.O_PATH)
    told = read(f'/proc/self/fdinfo/{program}').split()
    os.close(program)
    number = told[told.index(b'mnt_id:') + 1]
    for line in read('/proc/self/mountinfo').splitlines():
        fields = line.split()
        if fields[0] == number:
            return os.fsdecode(unescape(fields[4]))
    sys.exit('confine: no mount of the interpreter in /proc/self/mountinfo')


def change_root(target: str) -> None:
    """Makes an empty read-only folder the root, with TARGET at /image.

    The root is one level above the image, so that programs such as systemctl and ischroot can tell that they run in a
    chroot. A program that escapes from the chroot finds only this folder, nothing of the machine.
    """
    # Otherwise the command could reach the interpreter's file through /proc/1/exe and, once it has exited, write to it.
    remount(own_mount_point(), RDONLY)
    image = os.open(target, os.O_PATH | os.O_DIRECTORY)
    base = os.path.dirname(os.path.abspath(target))
    mount('tmpfs', base, 'tmpfs', NOSUID | NODEV | NOEXEC, 'size=4k,mode=755')
    os.mkdir(f'{base}/image')
    mount(f'/proc/self/fd/{image}', f'{base}/image', '', BIND | REC)
    os.close(image)
    remount(base, RDONLY | NOSUID | NODEV | NOEXEC)
    os.chdir(base)
    check(libc.pivot_root(b'.', b'.'), 'pivot_root')
    check(libc.umount2(b'.', DETACH), 'umount of the old root')
    os.chdir('/')


# System call numbers on x86_64 and aarch64. The kernel already refuses whatever needs a dropped capability. This lists
# calls that root may make without a capability, or with one from a user namespace, and that could reach the kernel or
# the builder's keys.
CALLS = {
    'add_key': (248, 217),
    'request_key': (249, 218),
    'keyctl': (250, 219),
    'bpf': (321, 280),
    'perf_event_open': (298, 241),
    'userfaultfd': (323, 282),
    'open_by_handle_at': (304, 265),
    'mount': (165, 40),
    'umount2': (166, 39),
    'pivot_root': (155, 41),
    'move_mount': (429, 429),
    'open_tree': (428, 428),
    'fsopen': (430, 430),
    'fsmount': (432, 432),
    'mount_setattr': (442, 442),
    'setns': (308, 268),
    'init_module': (175, 105),
    'finit_module': (313, 273),
    'delete_module': (176, 106),
    'kexec_load': (246, 104),
    'kexec_file_load': (320, 294),
    'reboot': (169, 142),
    'swapon': (167, 224),
}
MACHINES = {'x86_64': (0, 0xC000003E), 'aarch64': (1, 0xC00000B7)}
CLONE, UNSHARE, IOCTL, CLONE3 = (56, 220), (272, 97), (16, 29), 435
NEW_USER = 0x10000000
# Insert characters into a terminal's input, as if they had been typed.
TIOCSTI, TIOCLINUX = 0x5412, 0x541C
EPERM, ENOSYS = 1, 38
# linux/bpf_common.h, linux/seccomp.h
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, ERRNO = 0x7FFF0000, 0x00050000
NUMBER, ARCHITECTURE, ARGUMENT = 0, 4, 16


def call_filter(machine: str) -> list[tuple[int, int, int, int]]:
    """The filter as seccomp(2) instructions: code, jump if true, jump if false, value."""
    column, architecture = MACHINES[machine]

    def refuse(code: int) -> tuple[int, int, int, int]:
        return (RETURN, 0, 0, ERRNO | code)

    # Programs for another architecture number their calls differently, and could bypass all of this.
    rules = [(LOAD, 0, 0, ARCHITECTURE), (EQUAL, 1, 0, architecture), refuse(ENOSYS), (LOAD, 0, 0, NUMBER)]
    if machine == 'x86_64':  # x32
        rules += [(AT_LEAST, 0, 1, 0x40000000), refuse(ENOSYS)]
    # Its flags are in memory, out of a filter's sight; C libraries fall back to clone.
    rules += [(EQUAL, 0, 1, CLONE3), refuse(ENOSYS)]
    for numbers in CALLS.values():
        rules += [(EQUAL, 0, 1, numbers[column]), refuse(EPERM)]
    allow = (RETURN, 0, 0, ALLOW)
    for numbers in (CLONE, UNSHARE):
        flags = [(LOAD, 0, 0, ARGUMENT), (ANY_BIT, 0, 1, NEW_USER), refuse(EPERM), allow]
        rules += [(EQUAL, 0, len(flags), numbers[column]), *flags]
    request = [(LOAD, 0, 0, ARGUMENT + 8), (EQUAL, 1, 0, TIOCSTI), (EQUAL, 0, 1, TIOCLINUX), refuse(EPERM), allow]
    rules += [(EQUAL, 0, len(request), IOCTL[column]), *request]
    return [*rules, allow]


class FilterProgram(ctypes.Structure):
    _fields_ = [('length', ctypes.c_ushort), ('filter', ctypes.c_void_p)]


def drop_power() -> None:
    """From here on neither this process nor any of its children can gain more capabilities than KEPT."""
    packed = b''.join(struct.pack('=HBBI', *rule) for rule in call_filter(os.uname().machine))
    buffer = ctypes.create_string_buffer(packed, len(packed))
    program = FilterProgram(len(packed) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    for number in range(64):
        if number in KEPT.values():
            continue
        # PR_CAPBSET_DROP; EINVAL means that the number is beyond this kernel's last capability.
        if libc.prctl(24, ctypes.c_ulong(number), 0, 0, 0) != 0:
            break
    libc.prctl(47, 4, 0, 0, 0)  # PR_CAP_AMBIENT_CLEAR_ALL
    # PR_SET_SECCOMP in mode 2, while this process still may: no_new_privs would disable setuid programs.
    check(libc.prctl(22, ctypes.c_ulong(2), ctypes.byref(program), 0, 0), 'the filter of system calls')
    mask = sum(1 << number for number in KEPT.values())
    header = struct.pack('=Ii', 0x20080522, 0)
    check(libc.capset(header, struct.pack('=6I', mask, mask, 0, 0, 0, 0)), 'the capabilities')


def close_others(kept: int | None) -> None:
    os.closerange(3, 3 if kept is None else kept)
    os.closerange(3 if kept is None else kept + 1, 1 << 20)


def execute(command: list[str], environment: dict[str, str]) -> None:
    """Not os.execvpe, which imports a module: from here on a module would come from the image."""
    told = 'not found'
    folders = [''] if '/' in command[0] else [f'{folder}/' for folder in environment['PATH'].split(':')]
    for folder in folders:
        try:
            os.execve(f'{folder}{command[0]}', command, environment)
        except FileNotFoundError:
            continue
        except OSError as error:
            told = error.strerror
    os.write(2, f'{command[0]}: {told}\n'.encode())
    os._exit(127)


def wait_for(child: int) -> int:
    """Acts as the first process of a namespace, which inherits every orphan in it."""
    while True:
        pid, status = os.wait()
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def main() -> None:
    target, command = sys.argv[1], sys.argv[2:]
    if os.uname().machine not in MACHINES:
        sys.exit(f'confine: layers are built on {" or ".join(MACHINES)}, and this is {os.uname().machine}')
    notes = os.environ.get('BOXHOUND_NOTES', '')
    passed = {name: os.environ[name] for name in PASSED if name in os.environ}
    # A fixed name keeps the builder's out of every log and configuration that a package writes (fault 46).
    check(libc.sethostname(b'localhost', 9), 'the host name')
    guard_proc(f'{target}/proc')
    change_root(target)
    close_others(int(notes) if notes.isdecimal() else None)
    drop_power()
    interactive = os.isatty(0)
    child = os.fork()
    if child == 0:
        os.chroot('/image')
        os.chdir('/')
        # Without a terminal of its own the command must not reach one: /dev/tty would be the caller's.
        if not interactive:
            os.setsid()
        execute(command, {**ENVIRONMENT, **passed})
    for name in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(name, signal.SIG_IGN)
    sys.exit(wait_for(child))


if __name__ == '__main__':
    main()

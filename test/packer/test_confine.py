"""The filter of system calls and the capabilities that a layer's programs keep; test/machine tries both in effect."""

import importlib.util
import struct
from pathlib import Path

import pytest

CHROOT = Path(__file__).parents[2] / 'packer' / 'chroot'
spec = importlib.util.spec_from_file_location('confine', CHROOT / 'confine.py')
confine = importlib.util.module_from_spec(spec)
spec.loader.exec_module(confine)

X86_64, I386, AARCH64 = 0xC000003E, 0x40000003, 0xC00000B7
ALLOWED, FORBIDDEN, UNKNOWN = 0x7FFF0000, 0x00050001, 0x00050026


def judge(rules, number, architecture=X86_64, arguments=(0, 0)):
    """Runs the filter as the kernel would, over struct seccomp_data."""
    data = struct.pack('<IIQ6Q', number, architecture, 0, *arguments, *([0] * (6 - len(arguments))))
    loaded = at = 0
    while True:
        code, if_true, if_false, value = rules[at]
        at += 1
        if code == 0x06:
            return value
        if code == 0x20:
            (loaded,) = struct.unpack_from('<I', data, value)
        else:
            test = {0x15: loaded == value, 0x35: loaded >= value, 0x45: loaded & value != 0}[code]
            at += if_true if test else if_false


@pytest.mark.parametrize(('machine', 'architecture', 'column'), [('x86_64', X86_64, 0), ('aarch64', AARCH64, 1)])
def test_what_reaches_the_kernel_or_the_keys_of_the_builder_is_forbidden(machine, architecture, column):
    rules = confine.call_filter(machine)
    for name, numbers in confine.CALLS.items():
        assert judge(rules, numbers[column], architecture) == FORBIDDEN, name


@pytest.mark.parametrize('number', [0, 1, 2, 9, 59, 90, 92, 133, 161, 257, 425])
def test_everyday_calls_are_allowed(number):
    # read, write, open, mmap, execve, chmod, chown, mknod, chroot, openat, io_uring_setup
    assert judge(confine.call_filter('x86_64'), number) == ALLOWED


@pytest.mark.parametrize(
    ('number', 'flags', 'verdict'),
    [(56, 0x1200011, ALLOWED), (56, 0x10000011, FORBIDDEN), (272, 0x400, ALLOWED), (272, 0x10020000, FORBIDDEN)],
)
def test_no_namespace_of_users_by_clone_or_unshare(number, flags, verdict):
    assert judge(confine.call_filter('x86_64'), number, arguments=(flags,)) == verdict


def test_clone3_is_unknown_since_its_flags_cannot_be_seen():
    assert judge(confine.call_filter('x86_64'), 435) == UNKNOWN


@pytest.mark.parametrize(
    ('command', 'verdict'),
    [(0x5401, ALLOWED), (0x5412, FORBIDDEN), (0x541C, FORBIDDEN), (1 << 32 | 0x5412, FORBIDDEN)],
)
def test_nothing_is_typed_into_a_terminal(command, verdict):
    assert judge(confine.call_filter('x86_64'), 16, arguments=(0, command)) == verdict


def test_the_numbers_of_other_processors_are_no_way_around():
    rules = confine.call_filter('x86_64')
    assert judge(rules, 21, I386) == UNKNOWN
    assert judge(rules, 0x40000000 | 165) == UNKNOWN


def test_the_capabilities_that_are_kept():
    names = 'CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE SYS_CHROOT MKNOD'
    assert sorted(confine.KEPT) == sorted([*names.split(), 'AUDIT_WRITE', 'SETFCAP'])
    # linux/capability.h
    for number in (2, 12, 13, 16, 17, 19, 21, 22, 25, 38, 39, 40):
        assert number not in confine.KEPT.values()


def test_a_mount_point_is_read_as_mountinfo_writes_it():
    assert confine.unescape(rb'/a\040b\134c\012d') == b'/a b\\c\nd'

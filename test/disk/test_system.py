"""What a root says of itself; the change of root is tried by test/machine."""

import importlib.util
import struct

import pytest
from disks import DISK

spec = importlib.util.spec_from_file_location('identity', DISK / 'identity.py')
identity = importlib.util.module_from_spec(spec)
spec.loader.exec_module(identity)


def elf(machine, width=2, order='<'):
    return b'\x7fELF' + bytes([width, 1 if order == '<' else 2]) + bytes(12) + struct.pack(f'{order}H', machine)


def test_quotes_and_comments():
    text = '# a comment\nNAME="Debian GNU/Linux"\nID=debian # yes\nVERSION_ID="13"\nbroken="\nX=a=b'
    assert identity.settings(text) == {'NAME': 'Debian GNU/Linux', 'ID': 'debian', 'VERSION_ID': '13', 'X': 'a=b'}


@pytest.mark.parametrize(
    ('head', 'name'),
    [
        (elf(0x3E), 'amd64'),
        (elf(0xB7), 'arm64'),
        (elf(0x03, width=1), 'i386'),
        (elf(0x16, order='>'), 's390x'),
        (elf(0x3E, width=1), 'amd64, 32 bits'),
        (elf(0x1234), 'ELF machine 4660'),
        (b'#!/bin/sh\n', 'no program'),
        (b'', 'no program'),
    ],
)
def test_processors(head, name):
    assert identity.processor(head) == name

"""Secrets and traces of the build on a running machine. Reports the place and the kind, never the value."""

import contextlib
import glob
import os
import re

ROOTS = ['/etc', '/root', '/home', '/srv', '/usr/local', '/var', '/opt', '/tmp']
SKIPPED = {'/var/lib/dpkg', '/var/log/journal', '/var/cache/man', '/var/lib/apt/lists', '/etc/ssl/certs'}
LIMIT = 256 * 1024

# The same patterns that the proof of the disk uses, from scripts/lib/box/secret-shapes.json.
SHAPES: dict[str, str] = INPUT['shapes']  # noqa: F821
PRIVATE = re.compile(SHAPES['privateKey'].encode('latin-1'))
KEY = re.compile(SHAPES['apiKey'].encode('latin-1'), re.I)
LOGIN = re.compile(SHAPES['login'].encode('latin-1'), re.I)

# Keys that this instance has generated; image.identity judges whether it did. The Agent's first start writes its own
# under a temporary name.
OWN = [r'/etc/ssh/ssh_host_\w+_key', r'/etc/datadog-agent/(?:ipc_cert\.pem|\.ipc_cert\.pem\.\d+)', r'/etc/ssl/private/ssl-cert-snakeoil\.key']

# Where cloud-init keeps user-data, which may hold keys that the user gave to this instance, and where a container
# receives them. The proofs of the disk show that the image itself has no seed.
CLOUD = ('/var/lib/cloud/instances/', '/var/lib/cloud/seed/')

# Paths that exist only if something was built here.
TRACES = [
    '/usr/sbin/policy-rc.d',
    '/run/boxhound/layer',
    '/etc/boxhound/seed.env',
    '/root/.*_history',
    '/home/*/.*_history',
    '/root/.lesshst',
    '/root/.wget-hsts',
    '/root/.cache/*',
    '/root/.netrc',
    '/root/.pip',
    '/root/.config/pip',
    '/etc/pip.conf',
    '/etc/apt/auth.conf',
    '/etc/apt/auth.conf.d/*',
    '/usr/local/share/ca-certificates/*',
    '/var/lib/apt/lists/*_*',
    '/var/cache/apt/archives/*.deb',
]

APT = re.compile(r'^[^/#]*(Acquire::\S*(Proxy|Verify-Peer|Verify-Host|CaInfo)|127\.0\.0\.1|localhost|trusted\s*[=:]\s*yes)', re.I | re.M)
PROXY = re.compile(r'^[^#]*\b(https?|all)_proxy\s*=', re.I | re.M)


def skip(folder: str) -> bool:
    return folder in SKIPPED or folder in INPUT['skipped'] or folder.endswith(('/site-packages', '/dist-packages'))


def user_data(path: str) -> bool:
    """Whether this is cloud-init's copy of what this instance was given, readable by root only."""
    return path.startswith(CLOUD) and os.stat(path).st_mode & 0o077 == 0


def judged(path: str) -> list[str]:
    """What a file contains that it must not."""
    if os.path.islink(path) or not os.path.isfile(path) or os.path.getsize(path) > LIMIT:
        return []
    with open(path, 'rb') as stream:
        text = stream.read()
    found = []
    # Plain searches first: running a regular expression over every byte takes seconds on an emulated processor.
    if b'PRIVATE KEY' in text and PRIVATE.search(text) and not any(re.fullmatch(own, path) for own in OWN) and not user_data(path):
        found.append(f'{path}: a private key')
    if any(word in text for word in (b'key', b'Key', b'KEY')) and KEY.search(text) and path not in INPUT['keys'] and not user_data(path):  # noqa: F821
        found.append(f'{path}: an API key')
    if path.startswith('/etc/') and b'://' in text and LOGIN.search(text):
        found.append(f'{path}: a login inside a URL')
    return found


def contents() -> list[str]:
    found = []
    for root in ROOTS:
        for folder, folders, names in os.walk(root):
            folders[:] = [name for name in folders if not skip(os.path.join(folder, name))]
            for name in names:
                # The machine is in use: logs are rotated, and logrotate's state and the Agent's registry of offsets are
                # written under temporary names and renamed. A file that was listed may be gone by now.
                with contextlib.suppress(FileNotFoundError):
                    found += judged(os.path.join(folder, name))
    return found


def text_of(path: str) -> str:
    with open(path, encoding='utf-8', errors='replace') as stream:
        return stream.read()


def settings() -> list[str]:
    apt = [path for pattern in ('/etc/apt/*.list', '/etc/apt/*/*.list', '/etc/apt/*/*.sources', '/etc/apt/apt.conf*', '/etc/apt/apt.conf.d/*') for path in glob.glob(pattern)]
    shells = ['/etc/environment', '/etc/profile', '/etc/bash.bashrc', '/etc/wgetrc', *glob.glob('/etc/profile.d/*')]
    found = [f'{path}: a mirror or proxy from the build' for path in sorted(set(apt)) if os.path.isfile(path) and APT.search(text_of(path))]
    found += [f'{path}: a proxy' for path in shells if os.path.isfile(path) and PROXY.search(text_of(path))]
    return found


def traces() -> list[str]:
    found = [path for pattern in TRACES for path in glob.glob(pattern)]
    # An empty file reveals nothing.
    return [f'{path}: left from the build' for path in found if os.path.isdir(path) or (os.path.exists(path) and os.path.getsize(path) > 0)]


print(json.dumps(contents() + (settings() + traces() if INPUT['fresh'] else [])))  # noqa: F821

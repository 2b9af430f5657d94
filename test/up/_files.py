"""Every file of a machine that a layer could have brought or changed: path, kind, mode, owner and content, one line each, on standard output."""

import hashlib
import os
import stat

ROOTS = ('/etc', '/usr', '/opt', '/root', '/home', '/var/lib/boxhound')
# What runs writes there on its own: the Agent's state, logs of its own, times of use.
OWN = ('/opt/datadog-agent/run/',)


def line(path: str) -> str:
    info = os.lstat(path)
    if stat.S_ISLNK(info.st_mode):
        content = os.readlink(path)
    elif stat.S_ISREG(info.st_mode):
        with open(path, 'rb') as stream:
            content = hashlib.sha256(stream.read()).hexdigest()
    else:
        content = ''
    return f'{path}\t{stat.S_IFMT(info.st_mode):o}\t{stat.S_IMODE(info.st_mode):o}\t{info.st_uid}:{info.st_gid}\t{content}'


def main() -> None:
    for root in ROOTS:
        for folder, folders, names in sorted(os.walk(root)):
            for name in sorted(folders + names):
                path = os.path.join(folder, name)
                if not path.startswith(OWN):
                    print(line(path))


main()

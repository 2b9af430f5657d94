"""Facts for one assertion of the user's: a file, a port, an account, a process, or an answer of the machine's own web server."""

import grp
import hashlib
import ipaddress
import os
import pwd
import stat
import sys

LIMIT = 1024 * 1024


def name_of(number: int, find: object) -> str:
    """The name of a user or group; its number where it has none."""
    try:
        return find(number)[0]  # type: ignore[operator]
    except KeyError:
        return str(number)


def kind_of(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return 'link'
    if stat.S_ISDIR(mode):
        return 'folder'
    return 'file' if stat.S_ISREG(mode) else 'special file'


def content_of(path: str) -> tuple[str, str]:
    """Digest and beginning of a regular file."""
    digest = hashlib.sha256()
    start = b''
    with open(path, 'rb') as stream:
        while chunk := stream.read(LIMIT):
            start = start or chunk
            digest.update(chunk)
    return digest.hexdigest(), start.decode('utf-8', 'replace')


def file_facts(asked: dict[str, object]) -> dict[str, object]:
    path = str(asked['path'])
    nothing = {'exists': False, 'type': '', 'mode': '', 'owner': '', 'group': '', 'size': 0, 'sha256': '', 'target': '', 'content': ''}
    try:
        found = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return nothing
    is_link = stat.S_ISLNK(found.st_mode)
    # A link is looked at itself where one is expected, else what it leads to.
    if is_link and asked.get('type') != 'link' and 'target' not in asked:
        try:
            found = os.stat(path)
        except OSError:
            return {**nothing, 'exists': True, 'type': 'link to nothing', 'target': os.readlink(path)}
    read = stat.S_ISREG(found.st_mode) and ('sha256' in asked or 'content' in asked)
    sha256, content = content_of(path) if read else ('', '')
    return {
        'exists': True,
        'type': kind_of(found.st_mode),
        'mode': f'{stat.S_IMODE(found.st_mode):04o}',
        'owner': name_of(found.st_uid, pwd.getpwuid),
        'group': name_of(found.st_gid, grp.getgrgid),
        'size': found.st_size,
        'sha256': sha256,
        'target': os.readlink(path) if is_link else '',
        'content': content,
    }


def address_of(words: str) -> str:
    """The address of a row in /proc/net: hexadecimal, each word of 32 bits in the order of this machine."""
    raw = bytes.fromhex(words)
    parts = [raw[at : at + 4][::-1] if sys.byteorder == 'little' else raw[at : at + 4] for at in range(0, len(raw), 4)]
    address = ipaddress.ip_address(b''.join(parts))
    return str(getattr(address, 'ipv4_mapped', None) or address)


def port_facts(asked: dict[str, object]) -> dict[str, object]:
    protocol = str(asked['protocol'])
    found = set()
    for name in (protocol, f'{protocol}6'):
        try:
            with open(f'/proc/net/{name}', encoding='ascii') as stream:
                rows = [line.split() for line in stream][1:]
        except FileNotFoundError:
            continue
        for row in rows:
            address, port = row[1].split(':')
            # 0A is LISTEN; a UDP socket without a peer is 07.
            if row[3] == ('0A' if protocol == 'tcp' else '07') and int(port, 16) == asked['port']:
                found.add(address_of(address))
    return {'addresses': sorted(found)}


def user_facts(asked: dict[str, object]) -> dict[str, object]:
    name = str(asked['user'])
    try:
        user = pwd.getpwnam(name)
    except KeyError:
        return {'exists': False, 'uid': 0, 'group': '', 'groups': [], 'home': '', 'shell': ''}
    primary = name_of(user.pw_gid, grp.getgrgid)
    groups = {group.gr_name for group in grp.getgrall() if name in group.gr_mem} | {primary}
    return {'exists': True, 'uid': user.pw_uid, 'group': primary, 'groups': sorted(groups), 'home': user.pw_dir, 'shell': user.pw_shell}


def group_facts(asked: dict[str, object]) -> dict[str, object]:
    try:
        group = grp.getgrnam(str(asked['group']))
    except KeyError:
        return {'exists': False, 'gid': 0, 'members': []}
    primary = [user.pw_name for user in pwd.getpwall() if user.pw_gid == group.gr_gid]
    return {'exists': True, 'gid': group.gr_gid, 'members': sorted({*group.gr_mem, *primary})}


def process_facts(asked: dict[str, object]) -> dict[str, object]:
    wanted = str(asked['process'])
    found = []
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open(f'/proc/{pid}/cmdline', 'rb') as stream:
                first = stream.read(4096).split(b'\0')[0].decode('utf-8', 'replace')
            with open(f'/proc/{pid}/stat', encoding='utf-8', errors='replace') as stream:
                line = stream.read()
            owner = os.stat(f'/proc/{pid}').st_uid
        except OSError:
            continue
        comm, state = line[line.index('(') + 1 : line.rindex(')')], line[line.rindex(')') + 2]
        # A title that a program gives itself has its name first: `nginx: master process`.
        names = {comm, os.path.basename(first.split(':')[0].split(' ')[0])}
        # The kernel keeps 15 bytes of a name; a zombie runs no more.
        if state != 'Z' and (wanted in names or (len(wanted.encode()) > 15 and comm == wanted[:15] and not first)):
            found.append({'pid': int(pid), 'user': name_of(owner, pwd.getpwuid)})
    return {'processes': sorted(found, key=lambda one: int(one['pid']))}


def http_facts(asked: dict[str, object]) -> dict[str, object]:
    # Only here: on an emulated processor these imports take seconds.
    import http.client
    import ssl
    from urllib.parse import urlsplit

    url = urlsplit(str(asked['url']))
    failure = {'status': 0, 'headers': {}, 'body': ''}
    try:
        if url.scheme == 'https':
            context = ssl.create_default_context()
            if asked['insecure']:
                context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(url.hostname or '', url.port, timeout=20, context=context)
        else:
            connection = http.client.HTTPConnection(url.hostname or '', url.port, timeout=20)
        path = (url.path or '/') + (f'?{url.query}' if url.query else '')
        headers = {'User-Agent': 'boxhound', 'Connection': 'close'}
        if 'host' in asked:
            headers['Host'] = str(asked['host'])
        connection.request(str(asked['method']), path, headers=headers)
        answer = connection.getresponse()
        body = answer.read(LIMIT).decode('utf-8', 'replace')
        return {'status': answer.status, 'headers': {name.lower(): value for name, value in answer.getheaders()}, 'body': body, 'error': ''}
    except (OSError, http.client.HTTPException, ValueError) as error:
        return {**failure, 'error': str(error) or type(error).__name__}


FACTS = {
    'file': file_facts,
    'port': port_facts,
    'user': user_facts,
    'group': group_facts,
    'process': process_facts,
    'http': http_facts,
}

print(json.dumps(FACTS[INPUT['kind']](INPUT)))  # noqa: F821

"""Who can log in, who can become root, and how."""

import glob
import grp
import os
import pwd

NO_LOGIN = {'/usr/sbin/nologin', '/sbin/nologin', '/bin/false', '/usr/bin/false', '/bin/sync'}


def shadow() -> dict[str, str]:
    with open('/etc/shadow', encoding='utf-8') as stream:
        return {line.split(':')[0]: line.split(':')[1] for line in stream if ':' in line}


def password(field: str) -> str:
    """Empty if the password is locked, without a hash after the lock."""
    if field == '':
        return 'logs in without a password'
    if '$' in field:
        return 'has a password' if field[0] not in '!*' else 'has a locked password'
    return '' if field[0] in '!*' else 'has a password'


def keys(user: pwd.struct_passwd) -> list[str]:
    found = []
    for path in glob.glob(f'{user.pw_dir}/.ssh/authorized_keys*') if len(user.pw_dir) > 1 else []:
        with open(path, encoding='utf-8', errors='replace') as stream:
            for line in stream:
                blobs = [word for word in line.split() if word.startswith('AAAA')]
                if blobs and not line.startswith('#'):
                    found.append(blobs[0])
    return found


def cloud_users() -> list[str]:
    """Users that cloud-init created on this instance: those in its sudo rules, if newer than the machine id."""
    rules = '/etc/sudoers.d/90-cloud-init-users'
    if not os.path.exists(rules) or os.stat(rules).st_mtime < os.stat('/etc/machine-id').st_mtime:
        return []
    with open(rules, encoding='utf-8', errors='replace') as stream:
        return sorted({line.split()[0] for line in stream if line.strip() and not line.startswith('#')})


def sudo_rules() -> list[str]:
    folder = '/etc/sudoers.d'
    return sorted(name for name in os.listdir(folder) if name != 'README') if os.path.isdir(folder) else []


def names_only(rules: str, user: str) -> bool:
    """Whether every effective line of a rule file starts with that user; an alias or include may mean anyone."""
    with open(f'/etc/sudoers.d/{rules}', encoding='utf-8', errors='replace') as stream:
        lines = [line.split() for line in stream if line.strip() and (not line.startswith('#') or line.startswith('#include'))]
    return all(words[0] in (user, f'Defaults:{user}') for words in lines)


def main() -> None:
    users = pwd.getpwall()
    fields = shadow()
    able = [user for user in users if user.pw_shell not in NO_LOGIN or user.pw_uid == 0]
    people = [user for user in users if 1000 <= user.pw_uid < 65534 or user.pw_uid > 65535]
    admins = [name for group in grp.getgrall() if group.gr_name in ('sudo', 'admin', 'wheel') for name in group.gr_mem]
    report = {
        'login': [user.pw_name for user in able],
        'people': [user.pw_name for user in people],
        'zero': [user.pw_name for user in users if user.pw_uid == 0],
        'passwords': {name: password(field) for name, field in fields.items() if password(field)},
        'admins': admins,
        'sudoers': sudo_rules(),
        'vagrantRules': [name for name in sudo_rules() if names_only(name, 'vagrant')],
        'cloud': cloud_users(),
        'keys': {user.pw_name: keys(user) for user in users if keys(user)},
    }
    print(json.dumps(report))  # noqa: F821


main()

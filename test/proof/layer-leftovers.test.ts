import test from 'ava'
import type { Entry } from '../../scripts/lib/proof/evidence.ts'
import { leftoversOf } from '../../scripts/lib/proof/layer-leftovers.ts'
import { lab } from '../verify/_expectations.ts'

const texts = {
  '/etc/passwd': 'root:x:0:0::/root:/bin/bash\nweb:x:700:700::/srv:/usr/sbin/nologin\n',
  '/etc/shadow': 'root:*:1::::::\nweb:!:1::::::\n',
  '/etc/group': 'root:x:0:\nadm:x:4:web\n',
  '/etc/gshadow': 'root:*::\n',
  '/usr/share/base-passwd/passwd.master': 'root::0:0::/root:/bin/bash\n',
  '/etc/ssh/sshd_config.d/10.conf':
    'PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n',
}

const box = { ...lab, accounts: { names: ['web'], groups: { adm: ['web'] } } }

const file = (path: string, mode = 0o644, type = 'f'): Entry => [path, type, mode, 0, 0, 5, '']

test('a layer that leaves only what belongs in an image is clean, and so is what packages leave anyway', (t) => {
  const entries = [
    file('/srv/web/index.html'),
    file('/var/log/dpkg.log'),
    file('/var/lib/dpkg/status-old'),
    file('/tmp', 0o1777, 'd'),
  ]
  t.deepEqual(leftoversOf({ entries, texts }, box), [])
})

for (const [what, entries, changed, line] of [
  [
    'a cache',
    [file('/root/.cache/pip', 0o755, 'd')],
    {},
    /^\/root\/\.cache\/pip \(shell histories and caches\): remove/,
  ],
  ['a home', [file('/home/web', 0o755, 'd')], {}, /^\/home\/web \(access for a user/],
  ['a file with the rights of root', [file('/usr/local/bin/x', 0o4755)], {}, /x \(runs with the rights/],
  ['a file that anybody may write to', [file('/srv/x', 0o666)], {}, /x \(everybody may write/],
  ['a folder that anybody may write to', [file('/srv/x', 0o777, 'd')], {}, /x \(everybody may write/],
  [
    'an account that nothing explains',
    [],
    { '/etc/passwd': `${texts['/etc/passwd']}other:x:701:1::/:/usr/sbin/nologin\n` },
    /^other \(in an image every account .*accounts in layer\.yaml/,
  ],
  [
    'a shell',
    [],
    { '/etc/passwd': texts['/etc/passwd'].replace('/usr/sbin/nologin', '/bin/bash') },
    /^web: \/bin\/bash \(in an image only root/,
  ],
  [
    'a password',
    [],
    { '/etc/shadow': texts['/etc/shadow'].replace('web:!', 'web:$y$x') },
    /^web \(in an image no account has a password/,
  ],
  ['a member', [], { '/etc/group': 'adm:x:4:web,other\n' }, /^other is in adm/],
] as const)
  test(`${what} is told, with what to do`, (t) => {
    const [first = '', ...more] = leftoversOf({ entries, texts: { ...texts, ...changed } }, box)
    t.regex(first, line)
    t.deepEqual(more, [])
  })

test('of many paths some are named', (t) => {
  const entries = ['a', 'b', 'c', 'd', 'e'].map((name) => file(`/home/${name}`, 0o755, 'd'))
  t.regex(leftoversOf({ entries, texts }, box)[0] ?? '', /^\/home\/a, \/home\/b, \/home\/c and 2 more/)
})

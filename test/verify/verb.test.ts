import test from 'ava'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { main } from '../../scripts/verify.ts'

const key = ['lab', '--host', 'db1.example', '--key', '/k']
const refused: readonly [title: string, argv: string[], said: RegExp][] = [
  ['a host without a key', ['lab', '--host', 'db1.example'], /--host needs --key/],
  ['fault 41: a host without a fingerprint', key, /--host needs --host-key/],
  ['a fingerprint of the wrong shape', [...key, '--host-key', 'MD5:aa:bb'], /is not a fingerprint/],
  ['a port that is none', [...key, '--port', '70000'], /--port 70000/],
  ['a box and a file of hosts', ['lab', '--hosts', 'x'], /--hosts judges hosts without a box/],
  [
    'a box and the profile agent',
    ['lab', '--profile', 'agent', '--host', 'a'],
    /--profile agent judges hosts without a box/,
  ],
  ['the profile agent without a host', ['--profile', 'agent'], /needs --host or --hosts/],
  ['a host and a file of hosts', ['--host', 'a', '--hosts', 'x'], /two selections/],
  ['a pattern without a file', ['--host', 'a', '--match', 'x'], /--match needs --hosts/],
  ['one fingerprint for many hosts', ['--hosts', 'x', '--host-key', 'y'], /--host-key is one host/],
  ['a deadline that is no number', ['--host', 'a', '--deadline', 'soon'], /--deadline soon is not a number/],
  ['no host at a time', ['--hosts', 'x', '--parallel', '0'], /--parallel 0 is not a number from 1 to 256/],
  ['a kind of machine for a host', ['--host', 'a', '--machine', 'qemu'], /--machine needs a box/],
  ['--active for a box', ['lab', '--active'], /--active needs --hosts/],
  ['options of a host without a host', ['--user', 'admin'], /--user needs --host/],
]

for (const [title, argv, said] of refused) {
  test(`${title} is refused before anything starts`, async (t) => {
    await t.throwsAsync(main(argv, projectAt(process.cwd())), { code: 'E_USAGE', message: said })
  })
}

test('the advice for a missing fingerprint names the console, not the connection', async (t) => {
  const error = await t.throwsAsync(main(key, projectAt(process.cwd())), { code: 'E_USAGE' })
  t.regex(JSON.stringify(error), /ssh-keygen -lf/)
})

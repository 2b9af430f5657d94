import test from 'ava'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { main } from '../../scripts/verify.ts'

const key = ['--host', 'db1.example', '--key', '/k']
const refused: readonly [title: string, argv: string[], said: RegExp][] = [
  ['a host without a key', ['--host', 'db1.example'], /--host needs --key/],
  ['fault 41: a host without a fingerprint', key, /--host needs --host-key/],
  ['a fingerprint of the wrong shape', [...key, '--host-key', 'MD5:aa:bb'], /is not a fingerprint/],
  ['a port that is none', [...key, '--port', '70000'], /--port 70000/],
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

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { targetFrom } from '../../scripts/lib/verify/target.ts'

const hostKey = `SHA256:${'A'.repeat(43)}`
const folder = mkdtempSync(join(tmpdir(), 'boxhound-test-'))
test.after.always(() => rmSync(folder, { recursive: true }))
const key = join(folder, 'id')
execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key])
const whole = { host: 'db1.example', key, 'host-key': hostKey }

test('a machine of the caller takes port 22 and root unless told otherwise', (t) => {
  t.deepEqual(targetFrom('verify', whole), { host: 'db1.example', port: 22, user: 'root', key, hostKey })
  t.is(targetFrom('verify', {}), undefined)
})

const refused = test.macro((t, values: Record<string, string>, message: RegExp) => {
  const error = t.throws(() => targetFrom('verify', values), { instanceOf: BoxhoundError, message })
  t.is(error.exitCode, 2)
})
test('an option of a machine without --host is refused', refused, { port: '22' }, /--port needs --host/)
test('--host without a private key is refused', refused, { host: 'a' }, /--key FILE/)
test('a port out of range is refused', refused, { ...whole, port: '70000' }, /70000 is not a port/)
test('fault 41: no host key, no connection', refused, { host: 'a', key: 'k' }, /--host-key SHA256/)
test('fault 41: half a fingerprint is none', refused, { ...whole, 'host-key': 'SHA256:abc' }, /is not a fingerprint/)
test(
  'a key that cannot be used is refused before anything starts',
  refused,
  { ...whole, key: `${key}.pub` },
  /not a usable private key/,
)

import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { readSystems } from '../../scripts/lib/box/systems.ts'
import { temporaryFolder } from '../helpers/_folder.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

test('each keyring of a publisher holds the key of that full fingerprint and no other, and no secret', async (t) => {
  const home = await temporaryFolder(t)
  const publishers = [...readSystems(projectAt(root)).values()].flatMap(({ publisher }) => publisher ?? [])
  for (const { keyring, fingerprint } of publishers) {
    const words = ['--homedir', home, '--batch', '--with-colons', '--show-keys', join(root, keyring)]
    const shown = execFileSync('gpg', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    const records = shown.split('\n').map((line) => line.split(':'))
    t.deepEqual(
      records.filter(([kind]) => kind === 'fpr').map((fields) => fields[9]),
      [fingerprint],
    )
    t.deepEqual(
      records.filter(([kind]) => /^(pub|sub|sec|ssb)$/.test(kind ?? '')).map(([kind]) => kind),
      ['pub'],
    )
  }
  const named = publishers.map(({ keyring }) => keyring.slice('provision/keys/'.length))
  t.deepEqual(
    readdirSync(join(root, 'provision/keys')).filter((name) => name !== 'README.md'),
    [...new Set(named)].sort(),
  )
  t.true(named.includes('ubuntu-cloudimage.gpg'))
})

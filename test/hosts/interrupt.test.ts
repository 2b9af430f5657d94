import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import type { FleetResults } from '../../scripts/lib/hosts/results.ts'
import { healthy } from './_facts.ts'
import { hostOf, saying } from './_hosts.ts'

const folder = mkdtempSync(join(tmpdir(), 'boxhound-test-'))
test.after.always(() => rmSync(folder, { recursive: true }))

test('fault 25: Ctrl-C writes the results that are there, says that they are incomplete, and exits with 130', async (t) => {
  const hosts = [await hostOf(t, 'good', saying(JSON.stringify(healthy()))), await hostOf(t, 'mute', () => {})]
  const inventory = join(folder, 'hosts.yaml')
  writeFileSync(inventory, JSON.stringify({ hosts: hosts.map(({ tags: _, ...host }) => host) }))
  const child = spawn('node', ['scripts/_run.mjs', 'verify', '--hosts', inventory, '--out', folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    // The first host is done; the other never answers.
    if (output === '' && chunk.includes('good')) child.kill('SIGINT')
    output += chunk.toString('utf8')
  })
  const [code] = (await once(child, 'close')) as [number]
  t.is(code, 130, output)
  t.regex(output, /interrupted: 1 have no result/)
  const results = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')) as FleetResults
  t.false(results.complete)
  t.deepEqual(
    results.hosts.map(({ name, status }) => `${name} ${status}`),
    ['good passed'],
  )
  t.deepEqual(readdirSync(join(folder, 'junit')), ['good.xml'])
  t.regex(readFileSync(join(folder, 'report.html'), 'utf8'), /The run was interrupted/)
})

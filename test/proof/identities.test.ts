import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import test from 'ava'
import { identities, identitiesScript, judgeClones, judgeSecondBoot } from '../../scripts/lib/proof/identities.ts'
import type { Seed } from '../../scripts/lib/render/rendered-box.ts'
import { lab } from '../verify/_expectations.ts'

const kept = { name: 'machine id', keeps: true }
const renewed = { name: 'boot id', keeps: false }

test('two machines must both have one, and not the same', (t) => {
  t.is(judgeClones(kept, { 'machine id': 'a' }, { 'machine id': 'b' }), '')
  t.is(judgeClones(kept, { 'machine id': 'a' }, { 'machine id': 'a' }), 'both machines have the same one')
  t.is(judgeClones(kept, { 'machine id': 'a' }, { 'machine id': null }), 'one of the machines has none')
  t.is(judgeClones(kept, {}, {}), 'one of the machines has none')
})

test('a second boot keeps what lasts and renews what does not', (t) => {
  t.is(judgeSecondBoot(kept, { 'machine id': 'a' }, { 'machine id': 'a' }), '')
  t.is(judgeSecondBoot(kept, { 'machine id': 'a' }, { 'machine id': 'b' }), 'it changed')
  t.is(judgeSecondBoot(renewed, { 'boot id': 'a' }, { 'boot id': 'b' }), '')
  t.is(judgeSecondBoot(renewed, { 'boot id': 'a' }, { 'boot id': 'a' }), 'it is the same as in the previous boot')
})

test('a password is asked for where there is a database', (t) => {
  const names = (database: typeof lab.database): string[] =>
    identities({ database, seed: 'credentials' }).map(({ name }) => name)
  t.true(names(lab.database).includes('database password'))
  t.true(names(lab.database).includes('server UUID'))
  t.false(names(null).includes('database password'))
})

test('an instance of cloud-init is asked for where the image has it', (t) => {
  const names = (seed: Seed): string[] => identities({ database: null, seed }).map(({ name }) => name)
  t.true(names('nocloud').includes('cloud-init instance'))
  t.false(names('credentials').includes('cloud-init instance'))
})

test('the script prints an identity for each thing that is asked of it', (t) => {
  const database = {
    configuration: '/nowhere/it’s "here".yaml',
    identities: [{ name: 'a number', command: ['echo', "it's 7"] }],
  }
  const input = identitiesScript(readFileSync('suite/image/identities.py', 'utf8'), database)
  const { status, stdout, stderr } = spawnSync('python3', ['-ISB', '-'], { input, encoding: 'utf8' })
  t.is(status, 0, stderr)
  const report = JSON.parse(stdout)
  t.regex(report['a number'], /^[0-9a-f]{32}$/)
  t.is(report['database password'], null)
})

// Locks against an index of this test's own, on loopback.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { type LockedCheck, lockChecks } from '../../scripts/lib/bake/lock-packages.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { parseRequirements } from '../../scripts/lib/box/requirements.ts'
import { packagesOf } from '../../scripts/lib/render/packages.ts'
import { bare, fixture, temporaryFile } from '../boxfile/_files.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { index } from './_index.ts'

// A sandbox is root's; one by one, since who cleans up ends every sandbox of this process.
const rooted = process.getuid?.() === 0 ? test.serial : test.serial.skip

/** Locks the one check of a box that takes its packages from an address. */
const lock = async (t: ExecutionContext, address: string, wishes: string) => {
  const file = temporaryFile(t, `${bare}mirrors: { pypi: "${address}" }\nchecks: { mine: {} }\n`)
  const folder = join(dirname(file), 'checks/mine')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'check.yaml'), 'title: t\nexpect: {}\n')
  writeFileSync(join(folder, 'requirements.in'), wishes)
  const project = { ...fixture, cache: await temporaryFolder(t) }
  const box = await loadBox(file, project)
  const run = async (): Promise<LockedCheck | undefined> => (await lockChecks(box.checks, box, project))[0]
  return { run, box, project, list: join(folder, 'requirements.txt'), file }
}

rooted('wishes become exact versions with digests, the newest that fit; a second time nothing changes', async (t) => {
  const { address, sums } = await index(t, [
    { name: 'bh_one', version: '1.0' },
    { name: 'bh_one', version: '1.5', needs: ['bh_two'] },
    { name: 'bh_one', version: '2.0' },
    { name: 'bh_two', version: '3.1' },
  ])
  const { run, box, project, list } = await lock(t, address, 'bh-one<2  # not yet\n')
  const first = await run()
  t.deepEqual(first?.packages, [
    { name: 'bh-one', version: '1.5' },
    { name: 'bh-two', version: '3.1' },
  ])
  t.true(first?.changed)
  const { packages, problems } = parseRequirements(readFileSync(list, 'utf8'))
  t.deepEqual(problems, [])
  t.deepEqual(
    packages.map(({ name, hashes }) => [name, ...hashes]),
    [
      ['bh-one', sums.get('bh_one-1.5')],
      ['bh-two', sums.get('bh_two-3.1')],
    ],
  )
  t.truthy(packagesOf(box, project), 'what was locked is what a bake takes')
  t.false((await run())?.changed)
  t.deepEqual(readdirSync(join(project.cache, 'work')), [], 'nothing is left')
})

rooted('one of the Agent’s own packages is taken in its version and left out of the list', async (t) => {
  const { address } = await index(t, [
    { name: 'bh_one', version: '1.0', needs: ['six'] },
    { name: 'six', version: '1.17.0' },
    { name: 'six', version: '9.0' },
  ])
  const { run, list } = await lock(t, address, 'bh-one\n')
  const locked = await run()
  t.deepEqual(locked?.packages, [{ name: 'bh-one', version: '1.0' }])
  t.deepEqual(locked?.agent, [{ name: 'six', version: '1.17.0' }])
  t.notRegex(readFileSync(list, 'utf8'), /^six/m)
})

rooted(
  'a wish that needs another version of one of the Agent’s own is refused with both, and nothing is written',
  async (t) => {
    const { address } = await index(t, [
      { name: 'six', version: '1.17.0' },
      { name: 'six', version: '9.0' },
    ])
    const { run, list } = await lock(t, address, '# newer\nsix>=9\n')
    const error = await t.throwsAsync(run(), { instanceOf: BoxhoundError })
    t.is(error.message, 'another version of the Agent’s own six is needed')
    t.regex(`${error.details.expected} ${error.details.found}`, /six 1\.17\.0[\s\S]*six>=9/)
    t.is(error.details.line, 2)
    t.throws(() => readFileSync(list))
  },
)

rooted('a package that the index lacks is told with its line', async (t) => {
  const { address } = await index(t, [{ name: 'bh_one', version: '1.0' }])
  const { run } = await lock(t, address, 'bh-one\nbh-none\n')
  const error = await t.throwsAsync(run(), { instanceOf: BoxhoundError })
  t.is(error.message, 'no wheel for bh-none')
  t.is(error.details.line, 2)
  t.is(error.exitCode, 2)
})

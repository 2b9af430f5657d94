import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { packerSides } from '../../scripts/lib/bench/peer/packer.ts'
import { temporaryFolder } from '../helpers/_folder.ts'

const disk = { path: '/disks/base.qcow2', sha256: 'ab'.repeat(32), key: '/disks/key', hostKey: 'ssh-ed25519 AAAA' }

test('stock Packer comes in two variants that differ in their processors alone', async (t) => {
  const work = await temporaryFolder(t)
  const project = { tool: process.cwd(), root: process.cwd(), out: work, cache: work }
  const bench = { project, work, accelerator: 'tcg', quick: false, say: () => {} } as const
  const sides = await packerSides(bench, {
    name: 'row',
    disk,
    scripts: ['echo "a %{b}"'],
    uploads: [{ source: '/src/check.py', destination: '/opt/check.py' }],
  })
  t.deepEqual(
    sides.map(({ name }) => name),
    ['Packer', 'Packer, cpus = 2'],
  )
  const [one, two] = await Promise.all(
    ['row-0', 'row-2'].map((name) => readFile(join(work, 'packer', name, 'build.pkr.hcl'), 'utf8')),
  )
  t.is(two?.replace(/^ {2}cpus .*\n/m, '').replaceAll('row-2', 'row-0'), one)
  t.regex(two ?? '', /^ {2}cpus += 2$/m)
  t.true(one?.includes('destination = "/opt/check.py"'))
  t.true(one?.includes('inline = ["echo \\"a %%{b}\\""]'))
  t.true(sides[0]?.template?.includes('WORK/packer-output/row-0'))
})

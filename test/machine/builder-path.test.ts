import { join } from 'node:path'
import test from 'ava'
import { imagePath } from '../../scripts/lib/bake/manifest.ts'
import { expand, scan } from '../../scripts/lib/proof/raw.ts'
import { tinyProject, write } from './_project.ts'
import { bake } from './_run.ts'

test('fault 46: no path of the builder gets into an image, by superblock and journal neither', async (t) => {
  const project = await tinyProject(t)
  // What the builder reads of a mounted layer before anything runs in it; and the tiny image has no resolv.conf.
  write('provision/10-base/root/etc/fstab', '/dev/root / ext4 defaults 0 1\n', project)
  const { code, stderr } = await bake(project)
  t.is(code, 0, stderr)
  const raw = join(project.tool, 'expanded.raw')
  await expand(imagePath('one', project), raw)
  const { findings, searched } = await scan(raw, [
    { kind: 'path', source: project.tool },
    { kind: 'control', source: 'echo tool' },
  ])
  t.true(searched > 1 << 24)
  t.deepEqual([...new Set(findings.map(({ kind }) => kind))], ['control'])
})

import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { digestContents } from '../../scripts/lib/bake/contents.ts'
import { temporaryFolder } from '../helpers/_folder.ts'

test('every file counts, whatever its name and size, and where a link leads', async (t) => {
  const folder = await temporaryFolder(t)
  await mkdir(join(folder, 'tests'))
  const digests = [await digestContents(folder)]
  const changes: (() => Promise<unknown>)[] = [
    () => writeFile(join(folder, 'tests/x'), 'a'),
    () => writeFile(join(folder, 'tests/x'), 'b'),
    // A disk image: far more than any file of a box may have.
    () => writeFile(join(folder, 'disk.img'), '').then(() => truncate(join(folder, 'disk.img'), 200 << 20)),
    () => symlink('disk.img', join(folder, 'newest')),
  ]
  for (const change of changes) {
    await change()
    digests.push(await digestContents(folder))
  }
  t.is(new Set(digests).size, digests.length)
  t.is(await digestContents(folder), digests.at(-1) ?? '')
})

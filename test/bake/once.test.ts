import { mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { once } from '../../scripts/lib/bake/once.ts'
import { temporaryFolder } from '../helpers/_folder.ts'

test('fault 73: a download is made once, and again when a bit, an end or a file of it is lost', async (t) => {
  const root = await temporaryFolder(t)
  const [folder, scratch] = [join(root, 'wheels', 'key'), join(root, 'scratch')]
  let made = 0
  const get = (): Promise<string> =>
    once(folder, scratch, async (temporary) => {
      made += 1
      await writeFile(join(temporary, 'a.whl'), 'content of a wheel')
      await writeFile(join(temporary, 'b.whl'), 'content of another')
    })
  await get()
  await get()
  t.is(made, 1)
  const damages: (() => Promise<void>)[] = [
    () => writeFile(join(folder, 'a.whl'), 'content of a wheeL'),
    () => truncate(join(folder, 'b.whl'), 3),
    () => rm(join(folder, 'b.whl')),
    () => writeFile(join(folder, 'c.whl'), 'one more'),
    () => rm(`${folder}.sha256`),
    () => writeFile(`${folder}.sha256`, ''),
  ]
  for (const [index, damage] of damages.entries()) {
    await damage()
    t.is(await get(), folder)
    t.is(made, index + 2)
    t.is(await readFile(join(folder, 'a.whl'), 'utf8'), 'content of a wheel')
    t.deepEqual((await readdir(folder)).sort(), ['a.whl', 'b.whl'])
  }
  t.deepEqual(await readdir(scratch), [])
})

test('two that want the same at once get one', async (t) => {
  const root = await temporaryFolder(t)
  let made = 0
  const get = (): Promise<string> =>
    once(join(root, 'lab', 'key'), join(root, 'scratch'), async (temporary) => {
      made += 1
      await mkdir(join(temporary, 'inside'))
    })
  await Promise.all([get(), get(), get()])
  t.is(made, 1)
})

import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { boxNames } from '../../scripts/lib/box/folders.ts'
import { parseBack } from '../../scripts/lib/render/parse-back.ts'
import { writeRendered } from '../../scripts/lib/render/write.ts'
import { renderNamed } from './_project.ts'
import { temporaryFolder } from './_render.ts'
import { readStored, readTree, storedBoxes, type Tree, writeStored } from './_stored.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const project = projectAt(root, {})
const stored = join(root, 'test/rendered')
const names = boxNames(project)
const fresh = new Map<string, Tree>()

for (const name of names)
  test.serial(`what ${name} renders to is valid in every language`, async (t) => {
    const rendered = await renderNamed(name, project)
    await t.notThrowsAsync(parseBack(rendered.layers.flatMap(({ files, scripts }) => [...files, ...scripts])))
    const folder = join(temporaryFolder(t), name)
    await writeRendered(rendered, folder)
    fresh.set(name, readTree(folder))
  })

test.serial('every box of boxes/ has its output stored, and nothing else is', (t) => {
  if (process.env.BOXHOUND_STORE === 'yes') writeStored(stored, fresh)
  t.deepEqual(storedBoxes(stored), names)
})

for (const name of names)
  test.serial(`what ${name} renders to is what is stored`, (t) => {
    t.deepEqual(
      [...(fresh.get(name) ?? [])],
      [...readStored(stored, name)],
      'if this is meant: BOXHOUND_STORE=yes npx ava test/render/rendered.test.ts, and look at the difference',
    )
  })

test('what most boxes render alike is stored once, and what a box lacks is not expected of it', (t) => {
  const folder = temporaryFolder(t)
  const boxes = new Map<string, Tree>([
    [
      'a',
      new Map([
        ['same', '1'],
        ['own', 'a'],
        ['some', 'x\0#!'],
      ]),
    ],
    [
      'b',
      new Map([
        ['same', '1'],
        ['own', 'b'],
        ['some', 'x\0#!'],
      ]),
    ],
    ['c', new Map([['same', '2']])],
  ])
  writeStored(folder, boxes)
  t.deepEqual(
    [...readTree(join(folder, 'common'))],
    [
      ['same', '1'],
      ['some', 'x\0#!'],
    ],
  )
  for (const [name, tree] of boxes) t.deepEqual(new Map(readStored(folder, name)), new Map([...tree].sort()))
  t.deepEqual(storedBoxes(folder), ['a', 'b', 'c'])
})

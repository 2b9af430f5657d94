import { existsSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import test from 'ava'
import { makeWorkFolder } from '../../scripts/lib/cache/leftovers.ts'
import { layersFolder, listRecords, overlayPath } from '../../scripts/lib/cache/store.ts'
import { assertWhole } from './_image.ts'
import { tinyProject } from './_project.ts'
import { bake, startVerb } from './_run.ts'
import { tracesOf } from './_traces.ts'

test('fault 27: a second bake of one box is refused, names the holder and disturbs nothing', async (t) => {
  const project = await tinyProject(t)
  const first = startVerb(project, ['bake', 'one', '--no-verify'])
  while (!existsSync(join(project.cache, 'locks/box-one.json'))) await delay(5)
  const second = await bake(project)
  t.is(second.code, 1)
  t.true(second.stderr.includes(`process ${first.child.pid}, "bake one", since 20`), second.stderr)
  t.true(second.stderr.includes(`kill ${first.child.pid}`), second.stderr)
  t.is((await first.ended).code, 0, first.output())
  await assertWhole(t, 'one', project)
  t.deepEqual(tracesOf(project), [])
})

test('fault 27: two boxes are baked side by side, from nothing, and share the layers that they have in common', async (t) => {
  const project = await tinyProject(t)
  const ended = await Promise.all([bake(project, 'one'), bake(project, 'two')])
  for (const { code, stderr } of ended) t.is(code, 0, stderr)
  const [one, two] = [await assertWhole(t, 'one', project), await assertWhole(t, 'two', project)]
  t.is(one?.layers[0]?.id, two?.layers[0]?.id)
  t.not(one?.layers[1]?.id, two?.layers[1]?.id)
  t.is((await listRecords(project)).length, 7)
  t.deepEqual(tracesOf(project), [])
  // What both made of the shared layer is good to build on.
  t.regex((await bake(project, 'two', ['--draft'])).stdout, /image {6}cached/)
})

test('a layer that another living bake has finished is built on, not replaced: its own layers stand on it already', async (t) => {
  const project = await tinyProject(t)
  t.is((await bake(project)).code, 0)
  const layers = (await assertWhole(t, 'one', project))?.layers ?? []
  const ids = layers.map(({ id }) => id)
  const base = overlayPath(layers.find(({ name }) => name === 'base')?.id ?? '', project)
  const file = statSync(base).ino
  // As if this test were that bake: it has made layers, none is recorded yet.
  await makeWorkFolder('bake another', ids, project)
  for (const id of ids.slice(1)) rmSync(join(layersFolder(project), `${id}.json`))
  rmSync(project.out, { recursive: true })
  const { code, stdout, stderr } = await bake(project)
  t.is(code, 0, stderr)
  t.regex(stdout, /base +built/)
  t.is(statSync(base).ino, file)
  await assertWhole(t, 'one', project)
})

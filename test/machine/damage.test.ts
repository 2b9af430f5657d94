import { closeSync, openSync, readSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { imagePath } from '../../scripts/lib/bake/manifest.ts'
import { layersFolder, overlayPath } from '../../scripts/lib/cache/store.ts'
import { assertWhole, isFileSystemClean, readGuest } from './_image.ts'
import { type TinyProject, tinyProject, write } from './_project.ts'
import { bake, type Ended, startVerb } from './_run.ts'

const flipByte = (path: string): void => {
  const file = openSync(path, 'r+')
  const position = Math.floor(statSync(path).size / 2)
  const byte = Buffer.alloc(1)
  readSync(file, byte, 0, 1, position)
  byte[0] = (byte[0] ?? 0) ^ 1
  writeSync(file, byte, 0, 1, position)
  closeSync(file)
}

/** Bakes, damages the store, changes the seal (so that something is built on it), bakes again. */
const rebuilt = async (
  t: ExecutionContext,
  project: TinyProject,
  damage: (id: (name: string) => string) => void,
): Promise<Ended> => {
  const first = await bake(project)
  t.is(first.code, 0, first.stderr)
  const manifest = await assertWhole(t, 'one', project)
  damage((name) => manifest?.layers.find((layer) => layer.name === name)?.id ?? '')
  write('provision/90-seal/provision.sh', 'echo sealed again >/root/sealed\n', project)
  const second = await bake(project)
  t.is(second.code, 0, second.stderr)
  await assertWhole(t, 'one', project)
  t.true(isFileSystemClean(imagePath('one', project)))
  t.is(readGuest(imagePath('one', project), '/root/sealed'), 'sealed again\n')
  t.is(readGuest(imagePath('one', project), '/root/content')?.length !== undefined, true)
  return second
}

const outcome = ({ stdout }: Ended, layer: string): string | undefined =>
  new RegExp(`^ {2}${layer} +(built|cached)`, 'm').exec(stdout)?.[1]

test('fault 31: a layer with one flipped bit is named, dropped and built again, with those on it', async (t) => {
  const project = await tinyProject(t)
  const ended = await rebuilt(t, project, (id) => flipByte(overlayPath(id('base'), project)))
  t.regex(ended.stderr, /layer "base" \([0-9a-f]{12}\) is damaged.*SHA-256/)
  t.deepEqual(
    ['image', 'base', 'agent', 'seal'].map((name) => outcome(ended, name)),
    ['cached', 'built', 'built', 'built'],
  )
})

test('fault 31: a cut layer is named, dropped and built again, with those on it', async (t) => {
  const project = await tinyProject(t)
  const ended = await rebuilt(t, project, (id) => {
    const path = overlayPath(id('base'), project)
    truncateSync(path, Math.floor(statSync(path).size / 2))
  })
  t.regex(ended.stderr, /layer "base" \([0-9a-f]{12}\) is damaged/)
  t.deepEqual(
    ['image', 'base', 'agent'].map((name) => outcome(ended, name)),
    ['cached', 'built', 'built'],
  )
})

test('fault 26: a layer that got its name and no record is dropped and said to be, and no layer is left on it', async (t) => {
  const project = await tinyProject(t)
  const ended = await rebuilt(t, project, (id) => rmSync(join(layersFolder(project), `${id('base')}.json`)))
  t.regex(ended.stderr, /layer [0-9a-f]{12} is dropped: never recorded/)
  t.regex(ended.stderr, /2 layers are dropped: the layer below is missing/)
  t.deepEqual(
    ['image', 'base', 'agent'].map((name) => outcome(ended, name)),
    ['cached', 'built', 'built'],
  )
})

test('a lost image takes all layers with it', async (t) => {
  const project = await tinyProject(t)
  const ended = await rebuilt(t, project, (id) => rmSync(overlayPath(id('image'), project)))
  t.regex(ended.stderr, /layer "image" .* is damaged/)
  t.is(outcome(ended, 'agent'), 'built')
})

test('cache verify names a damaged layer and ends with 1, cache prune removes what nothing needs', async (t) => {
  const project = await tinyProject(t)
  t.is((await bake(project)).code, 0)
  const whole = await startVerb(project, ['cache', 'verify']).ended
  t.is(whole.code, 0, whole.stdout)
  const manifest = await assertWhole(t, 'one', project)
  flipByte(overlayPath(manifest?.layers[2]?.id ?? '', project))
  const damaged = await startVerb(project, ['cache', 'verify']).ended
  t.is(damaged.code, 1)
  t.regex(damaged.stdout, /agent .*damaged/)
  t.regex(damaged.stdout, /3 of 4 layers/)
  rmSync(project.out, { recursive: true })
  const pruned = await startVerb(project, ['cache', 'prune', '--days', '0']).ended
  t.regex(pruned.stdout, /4 layers removed/)
  t.regex((await startVerb(project, ['cache', 'list']).ended).stdout, /0 layers/)
})

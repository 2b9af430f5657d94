import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { link, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { sha256 } from '../../scripts/lib/_helpers/hash.ts'
import type { Project } from '../../scripts/lib/_helpers/paths.ts'
import { findDamaged } from '../../scripts/lib/cache/integrity.ts'
import { listRecords, overlayPath, readRecord } from '../../scripts/lib/cache/store.ts'
import { manifestOf, type PublishedRecord, published } from '../../scripts/lib/registry/manifest.ts'
import { emptyProject, idOf } from '../cache/_store.ts'
import { connect, fullStore, header, makeLayer, plan, pull, push } from './_layers.ts'
import { type FakeRegistry, fakeRegistry } from './_registry.ts'

/** A registry with the whole plan in it, the store that it came from, and an empty one. */
const filled = async (t: ExecutionContext) => {
  const fake = await fakeRegistry(t)
  const { project: from, layers } = await fullStore(t)
  await push(connect(t, fake), layers, from)
  fake.log.length = 0
  return { fake, from, layers, to: await emptyProject(t) }
}

const manifestIn = (fake: FakeRegistry, name: string) =>
  JSON.parse(fake.manifests.get(idOf(name))?.toString() ?? '') as {
    config: { digest: string; size: number }
    layers: [{ digest: string; size: number; mediaType: string }]
    artifactType: string
  }

/** Digest of a layer's overlay blob. */
const blobOf = (fake: FakeRegistry, name: string): string => manifestIn(fake, name).layers[0].digest.slice(7)

/** What a store has besides whole, recorded layers: nothing, whatever has gone wrong. */
const leftovers = ({ cache }: Project): string[] =>
  readdirSync(join(cache, 'layers')).filter((name) => !/^[0-9a-f]{64}\.(qcow2|json)$/.test(name))

test('a chain is pulled whole and to the byte, lowest layer first', async (t) => {
  const { fake, from, layers, to } = await filled(t)
  const { names, lines } = await pull([connect(t, fake)], to)
  t.is(names, 'image base checks seal')
  t.deepEqual(lines, [])
  for (const { id } of layers) {
    t.is(sha256(readFileSync(overlayPath(id, to))), sha256(readFileSync(overlayPath(id, from))))
    t.deepEqual(await readRecord(id, to), await readRecord(id, from))
  }
  t.deepEqual(leftovers(to), [])
  t.deepEqual(readdirSync(join(to.cache, 'registry')), [])
})

test('only what is missing is asked for', async (t) => {
  const { fake, from, layers, to } = await filled(t)
  await mkdir(join(to.cache, 'layers'), { recursive: true })
  for (const { id } of layers.slice(0, 2))
    for (const end of ['qcow2', 'json'])
      await link(join(from.cache, 'layers', `${id}.${end}`), join(to.cache, 'layers', `${id}.${end}`))
  const { names } = await pull([connect(t, fake)], to, plan.slice(2), layers[1])
  t.is(names, 'checks seal')
  t.false(fake.log.some((line) => line.includes(idOf('image').slice(0, 8))))
})

test('a layer that was built on another build of its parent was rejected', async (t) => {
  const { fake, to } = await filled(t)
  const image = await makeLayer(to, 'image', null)
  const { names, lines } = await pull([connect(t, fake)], to, plan.slice(1), image)
  t.is(names, '')
  t.is(lines.length, 1)
  t.regex(lines[0] ?? '', /layer "base" of 127.* was rejected \(built on another build of the layer below\)/)
  t.false(
    fake.log.some((line) => line.startsWith('HEAD')),
    'none of its bytes was fetched',
  )
})

test('a gap ends a chain: what is above it is not pulled', async (t) => {
  const { fake, to } = await filled(t)
  fake.manifests.delete(idOf('checks'))
  const { names, lines } = await pull([connect(t, fake)], to)
  t.is(names, 'image base')
  t.deepEqual(lines, [], 'a layer that nobody pushed is no fault')
})

const blobFaults: readonly (readonly [what: string, spoil: (content: Buffer) => Buffer | undefined, why: RegExp])[] = [
  ['tampered with', (content) => Buffer.from(content.map((byte, at) => (at === 200_000 ? byte ^ 1 : byte))), /digest/],
  ['truncated', (content) => content.subarray(0, 200_000), /missing or truncated/],
  ['too long', (content) => Buffer.concat([content, Buffer.from('more')]), /missing or truncated/],
  ['missing', () => undefined, /missing or truncated/],
]

for (const [what, spoil, why] of blobFaults)
  test(`a blob that is ${what} is refused in one line, and what is below it is kept`, async (t) => {
    const { fake, to } = await filled(t)
    const digest = blobOf(fake, 'checks')
    const spoilt = spoil(fake.blobs.get(digest) ?? Buffer.alloc(0))
    if (spoilt === undefined) fake.blobs.delete(digest)
    else fake.blobs.set(digest, spoilt)
    const { names, lines } = await pull([connect(t, fake)], to)
    t.is(names, 'image base')
    t.is(lines.length, 1)
    t.regex(lines[0] ?? '', /^layer "checks" of 127/)
    t.regex(lines[0] ?? '', why)
    t.deepEqual(leftovers(to), [])
    t.deepEqual(await findDamaged(to, await listRecords(to)), [])
  })

test('a download that breaks off goes on by a range', async (t) => {
  const fake = await fakeRegistry(t)
  const from = await emptyProject(t)
  await push(connect(t, fake), [await makeLayer(from, 'image', null, { size: 5_000_000 })], from)
  fake.faults.cuts = [4_000_000]
  const { names, done } = await pull([connect(t, fake)], await emptyProject(t), plan.slice(0, 1))
  t.is(names, 'image')
  t.true(
    done.some((line) => /resumed at \d/.test(line)),
    done.join('\n'),
  )
})

test('a download goes on where an earlier run ended, and begins anew where that is damaged', async (t) => {
  const { fake, to } = await filled(t)
  const digest = blobOf(fake, 'image')
  const content = fake.blobs.get(digest) ?? Buffer.alloc(0)
  const url = `http://${fake.host}/v2/team/layers/blobs/sha256:${digest}`
  await mkdir(join(to.cache, 'registry'), { recursive: true })
  const leave = async (part: Buffer): Promise<void> => {
    const path = join(to.cache, 'registry', `.part-${digest}`)
    await writeFile(path, part)
    await writeFile(`${path}.json`, JSON.stringify({ url, validator: `"sha256:${digest}"`, total: content.length }))
  }
  await leave(content.subarray(0, 150_000))
  const whole = await pull([connect(t, fake)], to, plan.slice(0, 1))
  t.is(whole.names, 'image')
  t.true(whole.done.some((line) => line.includes('resumed at 150 kB')))
  const other = await emptyProject(t)
  await mkdir(join(other.cache, 'registry'), { recursive: true })
  const path = join(other.cache, 'registry', `.part-${digest}`)
  writeFileSync(path, Buffer.alloc(150_000))
  writeFileSync(`${path}.json`, JSON.stringify({ url, validator: `"sha256:${digest}"`, total: content.length }))
  const again = await pull([connect(t, fake)], other, plan.slice(0, 1))
  t.is(again.names, 'image')
  t.true(again.done.some((line) => line.includes('damaged: fetching all of it again')))
})

test('a registry that knows no ranges sends all of it once more', async (t) => {
  const { fake, to } = await filled(t)
  Object.assign(fake.faults, { cuts: [100_000], ignoresRange: true })
  t.is((await pull([connect(t, fake)], to, plan.slice(0, 1))).names, 'image')
})

test('a registry that dies in the middle leaves what was pulled, and is told in one line', async (t) => {
  const { fake, to } = await filled(t)
  const wanted = blobOf(fake, 'checks')
  fake.faults.intercept = ({ url = '' }, response) => {
    if (url.includes(wanted)) response.destroy()
    return url.includes(wanted)
  }
  const { names, lines } = await pull([connect(t, fake)], to)
  t.is(names, 'image base')
  t.is(lines.length, 1)
  t.regex(lines[0] ?? '', /lost the connection to/)
})

test('a registry that does not answer is told in one line', async (t) => {
  const lines = (await pull([connect(t, { host: '127.0.0.1:1' })], await emptyProject(t))).lines
  t.is(lines.length, 1)
  t.regex(lines[0] ?? '', /^127\.0\.0\.1:1\/team\/layers gives no layers: cannot connect/)
})

/** Puts a lying record or manifest in place of a layer's. */
const lie = (
  fake: FakeRegistry,
  name: string,
  record: PublishedRecord,
  change: (manifest: ReturnType<typeof manifestIn>) => void = () => {},
): void => {
  const { layers } = manifestIn(fake, name)
  const overlay = { sha256: layers[0].digest.slice(7), bytes: layers[0].size }
  const { manifest, config } = manifestOf(record, overlay)
  fake.blobs.set(sha256(config), config)
  const changed = JSON.parse(manifest.toString())
  change(changed)
  fake.manifests.set(idOf(name), Buffer.from(JSON.stringify(changed)))
}

const lies: readonly (readonly [
  what: string,
  record: Partial<PublishedRecord>,
  why: RegExp,
  change?: (manifest: ReturnType<typeof manifestIn>) => void,
])[] = [
  ['another id', { id: idOf('other') }, /the record of another layer/],
  ['another name', { name: 'agent' }, /another name/],
  ['another parent', { parent: idOf('other') }, /another parent/],
  ['no parent’s digest', { parentSha256: null }, /another build of the layer below/],
  ['another digest of its overlay', { sha256: idOf('x') }, /its content does not match its record/],
  ['a smaller overlay', { bytes: 5000 }, /more than the 5000 bytes/],
  ['a larger overlay', { bytes: 500_000_000 }, /its content does not match its record/],
  ['a date that is none', { created: '\u001b[31m' }, /a record of another form \(created\)/],
  ['a digest that is a path', { sha256: '../../etc/passwd' }, /a record of another form \(sha256\)/],
  [
    'another type of artefact',
    {},
    /a manifest of another form \(artifactType\)/,
    (manifest) => Object.assign(manifest, { artifactType: 'application/vnd.oci.image.config.v1+json' }),
  ],
  [
    'a digest that leads elsewhere',
    {},
    /a manifest of another form \(layers\.0\.digest\)/,
    (manifest) => Object.assign(manifest.layers[0], { digest: 'sha256:../../../other' }),
  ],
  [
    'a record of which there is no end',
    {},
    /a record that is too large/,
    (manifest) => Object.assign(manifest.config, { size: 1e12 }),
  ],
]

for (const [what, changed, why, change] of lies)
  test(`a manifest that tells ${what} is refused`, async (t) => {
    const { fake, layers, to } = await filled(t)
    const [image, base] = layers
    if (image === undefined || base === undefined) throw new Error('no layers')
    lie(fake, 'base', { ...published(base), ...changed }, change)
    const { names, lines } = await pull([connect(t, fake)], to, plan.slice(0, 2))
    t.is(names, 'image')
    t.is(lines.length, 1)
    t.regex(lines[0] ?? '', why)
    t.notRegex(lines[0] ?? '', /\u001b/)
    t.deepEqual(leftovers(to), [])
  })

test('a record that is not what its digest says is refused', async (t) => {
  const { fake, to } = await filled(t)
  const { config } = manifestIn(fake, 'base')
  fake.blobs.set(config.digest.slice(7), Buffer.alloc(config.size, 32))
  const { names, lines } = await pull([connect(t, fake)], to)
  t.is(names, 'image')
  t.regex(lines.join(), /its record is missing or not what its digest says/)
})

test('an overlay that names a file of this machine as its parent is refused', async (t) => {
  const fake = await fakeRegistry(t)
  const from = await emptyProject(t)
  const layers = [
    await makeLayer(from, 'image', null),
    await makeLayer(from, 'base', 'image', { begin: header('/etc/shadow', 'raw') }),
  ]
  await push(connect(t, fake), layers, from)
  const to = await emptyProject(t)
  const { names, lines } = await pull([connect(t, fake)], to)
  t.is(names, 'image')
  t.regex(lines.join(), /its overlay has another backing file/)
  t.deepEqual(leftovers(to), [])
})

test('a blob that expands to more than its record tells is stopped there', async (t) => {
  const { fake, layers, to } = await filled(t)
  const [image] = layers
  if (image === undefined) throw new Error('no layers')
  const zeroes = spawnSync('zstd', ['-q', '-c'], { input: Buffer.alloc(50_000_000) }).stdout
  fake.blobs.set(sha256(zeroes), zeroes)
  const { manifest, config } = manifestOf(published(image), { sha256: sha256(zeroes), bytes: zeroes.length })
  fake.blobs.set(sha256(config), config)
  fake.manifests.set(idOf('image'), manifest)
  const { names, lines } = await pull([connect(t, fake)], to)
  t.is(names, '')
  t.regex(lines.join(), /more than the \d+ bytes that its record tells/)
})

test('a file that another run has put in place meanwhile is not touched', async (t) => {
  const { fake, to } = await filled(t)
  await mkdir(join(to.cache, 'layers'), { recursive: true })
  await writeFile(overlayPath(idOf('base'), to), 'another bake builds on this')
  const { names, lines } = await pull([connect(t, fake)], to)
  t.is(names, 'image')
  t.regex(lines.join(), /another run has built it here meanwhile/)
  t.is(readFileSync(overlayPath(idOf('base'), to), 'utf8'), 'another bake builds on this')
  t.is(await readRecord(idOf('base'), to), undefined)
})

test('two runs that pull the same layers at once both have them', async (t) => {
  const { fake, to } = await filled(t)
  const both = await Promise.all([pull([connect(t, fake)], to), pull([connect(t, fake)], to)])
  t.deepEqual(
    both.map(({ names }) => names),
    ['image base checks seal', 'image base checks seal'],
  )
  t.deepEqual(await findDamaged(to, await listRecords(to)), [])
  t.deepEqual(leftovers(to), [])
})

test('the registry with the longest chain counts, and another one may go on where it ends', async (t) => {
  const [first, second] = [await filled(t), await filled(t)]
  // The first one has another build, and only the beginning of it.
  for (const name of ['checks', 'seal']) first.fake.manifests.delete(idOf(name))
  const third = await fakeRegistry(t)
  await push(connect(t, third), second.layers, second.from)
  second.fake.manifests.delete(idOf('seal'))
  for (const name of ['image', 'base', 'checks']) third.manifests.delete(idOf(name))
  const to = await emptyProject(t)
  const { names, lines } = await pull([connect(t, first.fake), connect(t, second.fake), connect(t, third)], to)
  t.is(names, 'image base checks seal')
  t.deepEqual(lines, [])
  t.is((await readRecord(idOf('image'), to))?.sha256, second.layers[0]?.sha256)
})

test('nothing is made where there is nothing to pull', async (t) => {
  const to = await emptyProject(t)
  t.is((await pull([connect(t, await fakeRegistry(t))], to)).names, '')
  t.false(existsSync(join(to.cache, 'layers')))
})

import { renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { sha256 } from '../../scripts/lib/_helpers/hash.ts'
import { readArchive, readLayout } from '../../scripts/lib/oci/layout.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import {
  amd64,
  configType,
  describe,
  indexOf,
  indexType,
  json,
  layoutFiles,
  manifestType,
  smallImage,
  tarBytes,
  writeFiles,
} from './_image.ts'

const origin = { name: 'out/agent.oci', next: 'build it again' }

/** Reads a layout as a folder and as an archive: both must come to the same result. */
const readBoth = async (t: ExecutionContext, files: ReadonlyMap<string, Buffer>) => {
  const folder = await temporaryFolder(t)
  writeFiles(join(folder, 'layout'), files)
  const archive = join(folder, 'layout.tar')
  writeFileSync(archive, await tarBytes(...[...files].map(([path, content]) => ({ path, mode: 0o644, content }))))
  return {
    folder: join(folder, 'layout'),
    read: [() => readLayout(join(folder, 'layout'), origin), () => readArchive(archive, origin)],
  }
}

const refused = async (t: ExecutionContext, files: ReadonlyMap<string, Buffer>, message: RegExp, found?: RegExp) => {
  for (const read of (await readBoth(t, files)).read) {
    const error = await t.throwsAsync(read(), { instanceOf: BoxhoundError, code: 'E_OCI_IMAGE' })
    t.regex(error?.message ?? '', message)
    const { file, expected = '', found: seen = '', next } = (error as BoxhoundError).details
    t.is(file, origin.name)
    t.is(next, origin.next)
    t.true(expected !== '' && seen !== '')
    if (found !== undefined) t.regex(seen, found)
  }
}

test('an image is read with its config and its layers', async (t) => {
  const image = await smallImage()
  for (const read of (await readBoth(t, layoutFiles(image))).read) {
    const { sha256: hex, config, layers, documents } = await read()
    t.is(hex, sha256(image.manifest))
    t.deepEqual(config.config?.Cmd, ['/bin/entrypoint.sh'])
    t.deepEqual(layers, [{ sha256: sha256(image.layer), bytes: image.layer.length }])
    t.deepEqual(documents, { manifest: image.manifest, config: image.config })
  }
})

test('the platform is chosen from an index, also from one within an index', async (t) => {
  const image = await smallImage()
  const entry = { ...describe(image.manifest, manifestType), ...amd64 }
  const other = (platform: object) => ({ ...entry, digest: `sha256:${'0'.repeat(64)}`, platform })
  const inner = indexOf(
    other({ os: 'linux', architecture: 'arm64', variant: 'v8' }),
    other({ os: 'linux', architecture: 'amd64', variant: 'v3' }),
    entry,
    other({ os: 'unknown', architecture: 'unknown' }),
  )
  const files = layoutFiles(image)
  files.set('index.json', inner)
  for (const read of (await readBoth(t, files)).read) t.is((await read()).sha256, sha256(image.manifest))
  files.set(`blobs/sha256/${sha256(inner)}`, inner)
  files.set('index.json', indexOf(describe(inner, indexType)))
  for (const read of (await readBoth(t, files)).read) t.is((await read()).sha256, sha256(image.manifest))
})

test('docker’s media types mean the same', async (t) => {
  const plain = await smallImage()
  const docker = 'application/vnd.docker.'
  const image = await smallImage({
    mediaType: `${docker}distribution.manifest.v2+json`,
    config: describe(plain.config, `${docker}container.image.v1+json`),
    layers: [describe(plain.layer, `${docker}image.rootfs.diff.tar.gzip`)],
  })
  for (const read of (await readBoth(t, layoutFiles(image))).read) t.is((await read()).layers.length, 1)
})

test('missing files are named', async (t) => {
  const image = await smallImage()
  for (const [name, message] of [
    ['oci-layout', /no OCI image layout/],
    ['index.json', /no OCI image layout/],
    [`blobs/sha256/${sha256(image.manifest)}`, /the manifest is missing/],
    [`blobs/sha256/${sha256(image.config)}`, /the config is missing/],
    [`blobs/sha256/${sha256(image.layer)}`, /layer 1 of 1 is missing/],
  ] as const) {
    const files = layoutFiles(image)
    files.delete(name)
    await refused(t, files, message)
  }
})

test('a blob that is not what its digest says is refused, whatever its size', async (t) => {
  const image = await smallImage()
  for (const [content, what] of [
    [image.manifest, 'the manifest'],
    [image.config, 'the config'],
    [image.layer, 'layer 1 of 1'],
  ] as const) {
    const files = layoutFiles(image)
    const flipped = Buffer.from(content)
    flipped[flipped.length - 3] = (flipped[flipped.length - 3] ?? 0) ^ 1
    files.set(`blobs/sha256/${sha256(content)}`, flipped)
    await refused(t, files, new RegExp(`^${what} does not match its digest$`), /sha256:/)
    files.set(`blobs/sha256/${sha256(content)}`, content.subarray(1))
    await refused(t, files, new RegExp(`^${what} has another size$`), / bytes$/)
  }
})

test('documents that are invalid are refused, with the place', async (t) => {
  const image = await smallImage()
  const [layer, config] = [
    describe(image.layer, 'application/vnd.oci.image.layer.v1.tar+gzip'),
    describe(image.config, configType),
  ]
  for (const [change, message, found] of [
    [{ schemaVersion: 1 }, /docker’s schema 1/, /1/],
    [{ schemaVersion: 3 }, /at schemaVersion/, /3/],
    [{ mediaType: 'text/plain' }, /at mediaType/, /text\/plain/],
    [{ layers: [] }, /at layers/, /a list of 0/],
    [{ layers: 'x' }, /at layers/, /x/],
    [{ layers: [{ ...layer, digest: `sha512:${'a'.repeat(128)}` }] }, /at layers\.0\.digest/, /sha512/],
    [{ layers: [{ ...layer, digest: 'sha256:../../../etc/passwd' }] }, /at layers\.0\.digest/, /passwd/],
    [{ layers: [{ ...layer, size: -1 }] }, /at layers\.0\.size/, /-1/],
    [{ layers: [{ ...layer, size: 1e15 }] }, /at layers\.0\.size/, /1000000000000000/],
    [{ layers: [{ ...layer, size: 1.5 }] }, /at layers\.0\.size/, /1\.5/],
    [
      { layers: [{ ...layer, mediaType: 'application/vnd.oci.image.layer.nondistributable.v1.tar' }] },
      /mediaType/,
      /nondistributable/,
    ],
    [{ layers: Array.from({ length: 128 }, () => layer) }, /at layers/, /a list of 128/],
    [{ layers: [layer, layer] }, /config and manifest disagree/, /1 in rootfs/],
    [
      {
        layers: [
          { ...layer, size: 19 * 2 ** 30 },
          { ...layer, size: 19 * 2 ** 30 },
        ],
      },
      /image is too large/,
      /bytes/,
    ],
    [{ config: { ...config, mediaType: 'application/vnd.oci.empty.v1+json' } }, /at config\.mediaType/, /empty/],
    [{ config: { ...config, size: 5_000_000 } }, /config is too large/, /5000000/],
    [{ manifests: [] }, /ambiguous/, /both/],
  ] as const)
    await refused(t, layoutFiles(await smallImage(change)), message, found)
})

test('configs that are invalid, or of another platform, are refused', async (t) => {
  for (const [change, message, found] of [
    [{ architecture: 'arm64' }, /another platform/, /linux\/arm64/],
    [{ os: 'windows' }, /another platform/, /windows\/amd64/],
    [{ rootfs: { type: 'other', diff_ids: [] } }, /at rootfs\.type/, /other/],
    [{ rootfs: undefined }, /at rootfs/, /nothing/],
    [{ config: { Env: 'PATH=/bin' } }, /at config\.Env/, /PATH/],
  ] as const)
    await refused(t, layoutFiles(await smallImage({}, change)), message, found)
})

test('an index without this platform, or with several images, is refused', async (t) => {
  const image = await smallImage()
  const entry = describe(image.manifest, manifestType)
  for (const [index, message, found] of [
    [indexOf(), /no image for this platform/, /an empty index/],
    [indexOf({ ...entry, platform: { os: 'linux', architecture: 'arm64' } }), /no image/, /^linux\/arm64$/],
    [indexOf(entry, entry), /more than one image/, /no platform/],
    [json([]), /invalid/, /a list of 0/],
    [json('x'), /invalid/, /x/],
    [Buffer.from('{'), /not JSON/, /1 bytes/],
    [Buffer.from([0xff, 0xfe]), /not JSON/, /2 bytes/],
    [Buffer.from('['.repeat(100_000)), /not JSON/, /100000 bytes/],
    [Buffer.alloc(5 << 20, ' '), /index\.json is too large/, /5242880/],
  ] as const) {
    const files = layoutFiles(image)
    files.set('index.json', index)
    await refused(t, files, message, found)
  }
})

test('an index that names itself is refused', async (t) => {
  const files = layoutFiles(await smallImage())
  // No digest of its own can be in it, so a cycle is a wrong digest.
  const hex = 'a'.repeat(64)
  const loop = indexOf({ mediaType: indexType, digest: `sha256:${hex}`, size: 0, ...amd64 })
  const sized = indexOf({ mediaType: indexType, digest: `sha256:${hex}`, size: loop.length + 2, ...amd64 })
  files.set(`blobs/sha256/${hex}`, sized)
  files.set('index.json', sized)
  await refused(t, files, /does not match its digest/)
})

test('indexes nested without end are refused', async (t) => {
  const image = await smallImage()
  const files = layoutFiles(image)
  let inner = indexOf({ ...describe(image.manifest, manifestType), ...amd64 })
  for (let depth = 0; depth < 5; depth += 1) {
    files.set(`blobs/sha256/${sha256(inner)}`, inner)
    inner = indexOf(describe(inner, indexType))
  }
  files.set('index.json', inner)
  await refused(t, files, /nested too deeply/)
})

test('a layout of another version is refused', async (t) => {
  for (const [content, found] of [
    [json({ imageLayoutVersion: '2.0.0' }), /2\.0\.0/],
    [json({}), /none/],
    [json(null), /none/],
    [Buffer.from('x'), /none/],
  ] as const) {
    const files = layoutFiles(await smallImage())
    files.set('oci-layout', content)
    await refused(t, files, /unknown version/, found)
  }
})

test('a link in a folder is not followed', async (t) => {
  const image = await smallImage()
  const { folder } = await readBoth(t, layoutFiles(image))
  const blob = join(folder, 'blobs/sha256', sha256(image.layer))
  renameSync(blob, join(folder, 'elsewhere'))
  symlinkSync(join(folder, 'elsewhere'), blob)
  const error = await t.throwsAsync(readLayout(folder, origin), { instanceOf: BoxhoundError })
  t.is((error as BoxhoundError).details.found, 'a symbolic link')
  renameSync(join(folder, 'blobs'), join(folder, 'other'))
  symlinkSync(join(folder, 'other'), join(folder, 'blobs'))
  await t.throwsAsync(readLayout(folder, origin), { message: /blobs cannot be used/ })
})

test('an archive with a file twice is refused', async (t) => {
  const files = [...layoutFiles(await smallImage())].map(([path, content]) => ({ path, mode: 0o644, content }))
  const archive = join(await temporaryFolder(t), 'a.tar')
  writeFileSync(archive, await tarBytes(...files, { path: './index.json', mode: 0o644, content: json({}) }))
  await t.throwsAsync(readArchive(archive, origin), { message: /twice/ })
})

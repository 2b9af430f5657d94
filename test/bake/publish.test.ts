// biome-ignore-all lint/suspicious/noTemplateCurlyInString: text for the shell
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { $ } from 'zx'
import { BoxhoundError, formatError } from '../../scripts/lib/_helpers/errors.ts'
import { sha256File } from '../../scripts/lib/_helpers/hash.ts'
import { makeImages } from '../../scripts/lib/bake/images.ts'
import { boxFolder, imagePath, looksPublished, type Manifest, readManifest } from '../../scripts/lib/bake/manifest.ts'
import { dropStale, publishSet, staleImages, updateExpectations } from '../../scripts/lib/bake/publish.ts'
import { sumsFit } from '../../scripts/lib/bake/sums.ts'
import { emptyProject, idOf } from '../cache/_store.ts'
import { firstOnPath, programFolder } from './_programs.ts'
import { expectations, manifestOf, publication, publish, silent, storeDisk, writePublished } from './_published.ts'

// Converting runs in namespaces of its own, which needs root as a bake does.
const rooted = process.getuid?.() === 0 ? test.serial : test.serial.skip

const all = ['qcow2', 'raw', 'vmdk', 'vhd'] as const

rooted('the published file is one whole qcow2, described as it is', async (t) => {
  const project = await emptyProject(t)
  await storeDisk(project)
  await writePublished('lab.qcow2', 'old image', project)
  const { image, images } = await publish(project)
  const path = imagePath('lab', project)
  const { size, mtimeMs } = await stat(path)
  t.deepEqual(image, {
    file: 'lab.qcow2',
    format: 'qcow2',
    bytes: size,
    virtualBytes: 8 << 20,
    sha256: await sha256File(path),
    modified: mtimeMs,
  })
  t.deepEqual(images, [image])
  const info = JSON.parse((await $({ quiet: true })`qemu-img info --output=json -- ${path}`).stdout)
  t.is(info['backing-filename'], undefined)
  t.deepEqual(await readdir(boxFolder('lab', project)), [
    'SHA256SUMS',
    'expectations.json',
    'lab.qcow2',
    'manifest.json',
  ])
})

rooted('all formats and documents stand in SHA256SUMS, as sha256sum -c reads it', async (t) => {
  const project = await emptyProject(t)
  await storeDisk(project)
  const manifest = await publish(project, { formats: all })
  t.deepEqual(
    manifest.images.map(({ file, format, virtualBytes }) => [file, format, virtualBytes]),
    all.map((format) => [`lab.${format}`, format, 8 << 20]),
  )
  t.deepEqual(await readManifest('lab', project), manifest)
  t.true(await looksPublished(manifest, project))
  t.true(await sumsFit(manifest, project))
  const check = $({ quiet: true, cwd: boxFolder('lab', project) })`sha256sum --check --strict SHA256SUMS`
  t.deepEqual((await check).stdout.trimEnd().split('\n').sort(), [
    'expectations.json: OK',
    ...['qcow2', 'raw', 'vhd', 'vmdk'].map((format) => `lab.${format}: OK`),
    'manifest.json: OK',
  ])
})

for (const [what, program, expected] of [
  ['fails', 'echo "disk full, says qemu" >&2; exit 1', /status 1[\s\S]*disk full, says qemu/],
  ['cannot say what it wrote', '[[ $1 != info ]] || exit 1; exec REAL "$@"', /wrote no valid image/],
  [
    'ends well without an output',
    'if [[ $1 == info ]]; then exec REAL "$@"; fi',
    /lab\.qcow2: qemu-img convert wrote no valid image/,
  ],
  [
    'ends well with an empty output',
    'if [[ $1 == info ]]; then exec REAL "$@"; fi; : >"${!#}"',
    /wrote no valid image/,
  ],
  [
    'ends well with an image of nothing',
    'if [[ $1 == info ]]; then exec REAL "$@"; fi; REAL create -q -f qcow2 "${!#}" 0',
    /wrote no valid image[\s\S]*qcow2, 0 bytes/,
  ],
  [
    'ends well with half an output',
    'if [[ $1 == info ]]; then exec REAL "$@"; fi; head -c 100000 /dev/zero >"${!#}"',
    /wrote no valid image[\s\S]*raw/,
  ],
  [
    'fails at the second format',
    'if [[ $1 == convert && $* == *vpc* ]]; then echo full >&2; exit 1; fi; exec REAL "$@"',
    /lab\.vhd: qemu-img convert failed with status 1[\s\S]*full/,
  ],
] as const)
  rooted(`faults 30, 37: when qemu-img ${what}, every published file stays as it was`, async (t) => {
    const project = await emptyProject(t)
    await storeDisk(project)
    for (const name of ['lab.qcow2', 'lab.vhd', 'SHA256SUMS']) await writePublished(name, `old ${name}`, project)
    const real = (await $({ quiet: true })`which qemu-img`).stdout.trim()
    firstOnPath(t, await programFolder(t, { 'qemu-img': program.replaceAll('REAL', real) }))
    const order = publication({ formats: ['qcow2', 'vhd'] }, project)
    const error = await t.throwsAsync(makeImages(order, silent, project), { instanceOf: BoxhoundError })
    t.is(error.code, 'E_PUBLISH')
    t.regex(formatError(error), expected)
    await rm(order.staging, { recursive: true })
    t.deepEqual(await readdir(boxFolder('lab', project)), ['SHA256SUMS', 'lab.qcow2', 'lab.vhd'])
    for (const name of ['lab.qcow2', 'lab.vhd', 'SHA256SUMS'])
      t.is(await readFile(join(boxFolder('lab', project), name), 'utf8'), `old ${name}`)
  })

/** Whether a bake that comes next would take what stands there for published. */
const isPublished = async (project: Parameters<typeof readManifest>[1]): Promise<Manifest | undefined> => {
  const manifest = await readManifest('lab', project)
  if (manifest === undefined) return undefined
  return (await looksPublished(manifest, project)) && (await sumsFit(manifest, project)) ? manifest : undefined
}

rooted('fault 26: killed after any of its renames, it is the old set, the new one, or none', async (t) => {
  const project = await emptyProject(t)
  await storeDisk(project)
  await storeDisk(project, idOf('other'))
  const formats = ['qcow2', 'raw', 'vhd'] as const
  const old = await publish(project, { formats })
  const folder = boxFolder('lab', project)
  const keep = join(project.tool, 'keep')
  await $({ quiet: true })`cp -a -- ${folder} ${keep}`
  const order = publication({ tip: idOf('other'), formats }, project)
  const images = await makeImages(order, silent, project)
  const next = manifestOf(images, order.tip)
  const staged = join(project.tool, 'staged')
  await $({ quiet: true })`cp -a -- ${order.staging} ${staged}`
  await publishSet(next, expectations.replace('lab', 'new'), order.staging, project)
  const done = join(project.tool, 'done')
  await $({ quiet: true })`cp -a -- ${folder} ${done}`
  const names = ['lab.vhd', 'lab.raw', 'lab.qcow2', 'expectations.json', 'manifest.json', 'SHA256SUMS']
  const seen: string[] = []
  for (let renames = 0; renames <= names.length; renames++) {
    await rm(folder, { recursive: true })
    await $({ quiet: true })`cp -a -- ${keep} ${folder}`
    for (const name of names.slice(0, renames))
      await $({ quiet: true })`cp -a -- ${join(done, name)} ${join(folder, name)}`
    const found = await isPublished(project)
    seen.push(found === undefined ? 'none' : found.image.sha256 === old.image.sha256 ? 'old' : 'new')
    if (found !== undefined)
      await t.notThrowsAsync(async () => $({ quiet: true, cwd: folder })`sha256sum -c --strict SHA256SUMS`)
  }
  t.deepEqual(seen, ['old', 'none', 'none', 'none', 'none', 'none', 'new'])
})

rooted('the renames come in that order: images, documents, list', async (t) => {
  const project = await emptyProject(t)
  await storeDisk(project)
  const order = publication({ formats: ['qcow2', 'raw'] }, project)
  const manifest = manifestOf(await makeImages(order, silent, project))
  // A folder in the way of one file: what comes after it must not have been moved.
  const folder = boxFolder('lab', project)
  for (const [blocked, moved] of [
    ['lab.qcow2', ['lab.raw']],
    ['manifest.json', ['expectations.json', 'lab.qcow2', 'lab.raw']],
    ['SHA256SUMS', ['expectations.json', 'lab.qcow2', 'lab.raw', 'manifest.json']],
  ] as const) {
    await mkdir(join(folder, blocked, 'x'), { recursive: true })
    await t.throwsAsync(publishSet(manifest, expectations, order.staging, project))
    await rm(join(folder, blocked), { recursive: true })
    const there = (await readdir(folder)).filter((name) => !name.startsWith('.tmp-'))
    t.deepEqual(there.sort(), [...moved].sort(), blocked)
  }
})

rooted('expectations that change with nothing else have their digest in the list again', async (t) => {
  const project = await emptyProject(t)
  await storeDisk(project)
  const manifest = await publish(project)
  const list = join(boxFolder('lab', project), 'SHA256SUMS')
  const { mtimeMs } = await stat(list)
  await updateExpectations(manifest, expectations, project)
  t.is((await stat(list)).mtimeMs, mtimeMs, 'the same: nothing is written')
  await updateExpectations(manifest, '{}\n', project)
  t.true(await sumsFit(manifest, project))
  await t.notThrowsAsync(
    async () => $({ quiet: true, cwd: boxFolder('lab', project) })`sha256sum -c --strict SHA256SUMS`,
  )
})

test('an image in a format that the box file does not name any more is removed and told; nothing else is', async (t) => {
  const project = await emptyProject(t)
  for (const name of ['lab.qcow2', 'lab.raw', 'lab.vhd', 'lab.vmdk.txt', 'other.raw'])
    await writePublished(name, 'x', project)
  t.deepEqual(await staleImages('lab', ['qcow2', 'raw', 'vhd'], project), [])
  const told = await dropStale('lab', ['qcow2', 'vhd'], project)
  t.is(told.length, 1)
  t.regex(told[0] ?? '', /lab\.raw was removed: the box file no longer lists its format$/)
  t.deepEqual(await readdir(boxFolder('lab', project)), ['lab.qcow2', 'lab.vhd', 'lab.vmdk.txt', 'other.raw'])
  t.deepEqual(await dropStale('lab', ['qcow2', 'vhd'], project), [])
  t.deepEqual(await dropStale('absent', ['qcow2'], project), [])
})

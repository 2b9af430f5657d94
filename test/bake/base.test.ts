import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { sha256 } from '../../scripts/lib/_helpers/hash.ts'
import { builderOf, fetchBase } from '../../scripts/lib/bake/base.ts'
import { bakeNetwork } from '../../scripts/lib/bake/mirrors.ts'
import type { Base, Box } from '../../scripts/lib/box/box.ts'
import { emptyProject } from '../cache/_store.ts'
import { box, system } from '../plan/_rendered.ts'

const digest = sha256('a disk')
const publisher = { releases: 'https://images.invalid/noble/', image: 'a.img', keyring: 'k.gpg', fingerprint: 'F' }

const imageBox = (image: string, more: Partial<Box> = {}): Box => {
  const base: Base = { kind: 'image', image, sha256: digest, system: { ...system, publisher } }
  return { ...box, base, image: { size: 10 * 2 ** 30, formats: ['qcow2'] }, ...more }
}

const fetched = async (t: ExecutionContext, own: Box) => {
  const project = { ...(await emptyProject(t)), tool: '/project' }
  const staged = join(project.cache, 'staged')
  await mkdir(staged, { recursive: true })
  const told: string[] = []
  const network = await bakeNetwork(own, {})
  const folders = { logs: project.cache, scratch: project.cache, network, networkFolder: project.cache }
  await fetchBase(own, 'f'.repeat(64), staged, folders, project, (text) => told.push(text))
  return { builder: await readFile(join(staged, 'builder'), 'utf8'), told, project }
}

test('the lab’s base is made by its script, and grown where the box file gives a size', (t) => {
  const tool = '/project'
  t.deepEqual(builderOf(box, undefined, { tool }), [['/project/lab/base/build.sh', '@OUT@']])
  t.deepEqual(builderOf({ ...box, image: { size: 8, formats: ['qcow2'] } }, undefined, { tool }), [
    ['/project/lab/base/build.sh', '@OUT@'],
    ['/project/disk/grow.sh', '@OUT@', '8'],
  ])
})

test('a disk image is imported with its size and what it must hold, a word per line', async (t) => {
  const project = await emptyProject(t)
  const image = join(project.cache, 'a.img')
  await mkdir(project.cache, { recursive: true })
  await writeFile(image, 'a disk')
  const { builder } = await fetched(t, imageBox(image))
  t.is(builder, `/project/disk/import.sh\n${image}\n@OUT@\n10737418240\ndebian\n13\n`)
})

test('an image with another digest is refused before anything is built on it', async (t) => {
  const project = await emptyProject(t)
  const image = join(project.cache, 'a.img')
  await mkdir(project.cache, { recursive: true })
  await writeFile(image, 'another disk')
  const error = await t.throwsAsync(fetched(t, imageBox(image)), { instanceOf: BoxhoundError })
  t.is(error.code, 'E_IMAGE_DIGEST')
  t.regex(error.details.expected ?? '', new RegExp(digest))
})

test('mirrors.images takes the place of the publisher’s folder', async (t) => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.end('a disk')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const images = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mirror`
  const { builder, told, project } = await fetched(
    t,
    imageBox('https://images.invalid/noble/release-1/a.img', { mirrors: { images } }),
  )
  t.deepEqual(asked, ['/mirror/release-1/a.img'])
  t.true(builder.includes(join(project.cache, 'images', `${digest}-a.img`)))
  t.true(told.some((text) => text.startsWith('fetching')))
})

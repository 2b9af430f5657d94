import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { sha256 } from '../../scripts/lib/_helpers/hash.ts'
import type { Project } from '../../scripts/lib/_helpers/paths.ts'
import { type ImageReference, parseImageReference } from '../../scripts/lib/box/image-reference.ts'
import { pullImage } from '../../scripts/lib/oci/pull.ts'
import { blobPath } from '../../scripts/lib/oci/store.ts'
import { emptyProject } from '../cache/_store.ts'
import { late, patient } from '../registry/_layers.ts'
import { type FakeRegistry, fakeRegistry } from '../registry/_registry.ts'
import { amd64, type Blobs, describe, indexOf, manifestType, smallImage } from './_image.ts'

const publish = (fake: FakeRegistry, blobs: Blobs): void => {
  for (const [hex, content] of blobs) {
    fake.blobs.set(hex, content)
    fake.manifests.set(`sha256:${hex}`, content)
  }
}

const referenceTo = ({ host }: FakeRegistry, document: Buffer): ImageReference => {
  const parsed = parseImageReference(`${host}/team/layers@sha256:${sha256(document)}`)
  if (typeof parsed === 'string') throw new Error(parsed)
  return parsed
}

const pull = async (reference: ImageReference, project: Project, environment = {}) => {
  const lines: string[] = []
  const options = {
    network: {},
    patience: patient,
    deadlines: late,
    tell: (line: string) => lines.push(line),
    environment: { DOCKER_CONFIG: '/nonexistent', ...environment },
  }
  return { image: await pullImage(reference, options, project), lines }
}

const prepared = async (t: ExecutionContext, bytes?: number) => {
  const fake = await fakeRegistry(t)
  const parts = await smallImage({}, {}, bytes)
  publish(fake, parts.blobs)
  return { fake, ...parts, reference: referenceTo(fake, parts.manifest), project: await emptyProject(t) }
}

const refused = async (t: ExecutionContext, reference: ImageReference, project: Project, message: RegExp) => {
  const error = await t.throwsAsync(pull(reference, project), { instanceOf: BoxhoundError, code: 'E_OCI_IMAGE' })
  t.regex(error?.message ?? '', message)
  const { file, expected, found, next } = (error as BoxhoundError).details
  t.is(file, reference.text)
  t.truthy(expected && found && next)
}

test('an image is pulled once, and then needs no registry', async (t) => {
  const { fake, manifest, layer, reference, project } = await prepared(t)
  const { image, lines } = await pull(reference, project)
  t.is(image.sha256, sha256(manifest))
  t.deepEqual(readFileSync(blobPath(sha256(layer), project)), layer)
  t.deepEqual(lines, [])
  fake.log.length = 0
  t.deepEqual((await pull(reference, project)).image, image)
  t.deepEqual(fake.log, [])
  t.deepEqual(readdirSync(join(project.cache, 'registry')), [], 'no parts are left')
})

test('the image for this platform is chosen from an index', async (t) => {
  const { fake, manifest, project } = await prepared(t)
  const index = indexOf(
    { ...describe(Buffer.from('x'), manifestType), platform: { os: 'linux', architecture: 'arm64' } },
    { ...describe(manifest, manifestType), ...amd64 },
  )
  publish(fake, new Map([[sha256(index), index]]))
  t.is((await pull(referenceTo(fake, index), project)).image.sha256, sha256(manifest))
})

test('whatever is damaged in the store is pulled again', async (t) => {
  const { manifest, config, layer, reference, project } = await prepared(t)
  await pull(reference, project)
  for (const content of [manifest, config, layer]) {
    const path = blobPath(sha256(content), project)
    for (const damage of [Buffer.alloc(content.length), content.subarray(1), Buffer.alloc(0)]) {
      writeFileSync(path, damage)
      const { lines } = await pull(reference, project)
      t.deepEqual(lines, ['a stored part of the image is damaged: fetching it again'])
      t.deepEqual(readFileSync(path), content)
    }
  }
})

test('a broken connection is resumed', async (t) => {
  const fake = await fakeRegistry(t)
  const { randomBytes } = await import('node:crypto')
  const plain = await smallImage()
  const big = randomBytes(300_000)
  const image = await smallImage({ layers: [describe(big, 'application/vnd.oci.image.layer.v1.tar')] })
  publish(fake, new Map([...plain.blobs, ...image.blobs, [sha256(big), big]]))
  fake.faults.cuts = [100_000]
  const project = await emptyProject(t)
  await pull(referenceTo(fake, image.manifest), project)
  t.deepEqual(readFileSync(blobPath(sha256(big), project)), big)
  t.true(fake.log.filter((line) => line.startsWith('GET blobs')).length > 2)
})

test('a registry that sends something else is refused, and nothing of it is stored', async (t) => {
  const { fake, manifest, config, layer, reference, project } = await prepared(t)
  for (const [content, message] of [
    [manifest, /the index or manifest does not match its digest/],
    [config, /the config is missing or does not match/],
    [layer, /a layer cannot be used/],
  ] as const) {
    const hex = sha256(content)
    const other = Buffer.from(content)
    other[5] = (other[5] ?? 0) ^ 1
    publish(fake, new Map([[hex, other]]))
    await refused(t, reference, project, message)
    t.false(existsSync(blobPath(hex, project)))
    publish(fake, new Map([[hex, content]]))
  }
  t.is((await pull(reference, project)).image.sha256, sha256(manifest))
})

test('what a registry lacks is named', async (t) => {
  const { fake, manifest, config, layer, reference, project } = await prepared(t)
  fake.manifests.delete(`sha256:${sha256(manifest)}`)
  await refused(t, reference, project, /the registry lacks the index or manifest/)
  fake.manifests.set(`sha256:${sha256(manifest)}`, manifest)
  fake.blobs.delete(sha256(config))
  await refused(t, reference, project, /the config is missing/)
  fake.blobs.set(sha256(config), config)
  fake.blobs.delete(sha256(layer))
  await refused(t, reference, project, /a layer cannot be used/)
})

test('an endless manifest is cut off', async (t) => {
  const { fake, manifest, reference, project } = await prepared(t)
  fake.manifests.set(`sha256:${sha256(manifest)}`, Buffer.alloc(5 << 20, ' '))
  await refused(t, reference, project, /is too large/)
})

test('a registry that wants a login gets it from docker’s config, and the error names the file without it', async (t) => {
  const { fake, reference, project } = await prepared(t)
  fake.faults.intercept = (request, response) => {
    if (request.headers.authorization === `Basic ${Buffer.from('robot:sesame').toString('base64')}`) return false
    response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
    return true
  }
  const error = await t.throwsAsync(pull(reference, project), { instanceOf: BoxhoundError, code: 'E_REGISTRY_LOGIN' })
  t.notRegex(JSON.stringify(error), /sesame/)
  const auth = Buffer.from('robot:sesame').toString('base64')
  writeFileSync(join(project.root, 'config.json'), JSON.stringify({ auths: { [fake.host]: { auth } } }))
  t.truthy((await pull(reference, project, { DOCKER_CONFIG: project.root })).image)
})

test('two runs at once download a layer once', async (t) => {
  const { fake, layer, reference, project } = await prepared(t)
  await Promise.all([pull(reference, project), pull(reference, project)])
  const asked = `GET blobs/sha256:${sha256(layer).slice(0, 8)}`
  t.is(fake.log.filter((line) => line === asked).length, 1)
})

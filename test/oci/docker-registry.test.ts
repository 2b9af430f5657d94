import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { sha256 } from '../../scripts/lib/_helpers/hash.ts'
import type { Project } from '../../scripts/lib/_helpers/paths.ts'
import { parseImageReference } from '../../scripts/lib/box/image-reference.ts'
import { pullImage } from '../../scripts/lib/oci/pull.ts'
import { blobPath } from '../../scripts/lib/oci/store.ts'
import { emptyProject } from '../cache/_store.ts'
import { type Debian, dockerRegistry, program } from '../registry/_docker-registry.ts'
import { late, patient } from '../registry/_layers.ts'
import { amd64, describe, indexOf, indexType, manifestType, smallImage } from './_image.ts'

const installed = existsSync(program) ? test : test.skip

const answered = async (answer: Response, status: number): Promise<Response> => {
  if (answer.status !== status) throw new Error(`${answer.url}: ${answer.status} ${await answer.text()}`)
  return answer
}

const sendBlob = async ({ host }: Debian, content: Buffer): Promise<void> => {
  const begun = await answered(await fetch(`http://${host}/v2/team/agent/blobs/uploads/`, { method: 'POST' }), 202)
  const place = new URL(begun.headers.get('location') ?? '', `http://${host}`)
  place.searchParams.set('digest', `sha256:${sha256(content)}`)
  const headers = { 'content-type': 'application/octet-stream' }
  await answered(await fetch(place, { method: 'PUT', body: new Uint8Array(content), headers }), 201)
}

const sendManifest = async ({ host }: Debian, content: Buffer, type: string): Promise<void> => {
  const address = `http://${host}/v2/team/agent/manifests/sha256:${sha256(content)}`
  const headers = { 'content-type': type }
  await answered(await fetch(address, { method: 'PUT', body: new Uint8Array(content), headers }), 201)
}

/** A registry with an image and an index that names it. */
const filled = async (t: ExecutionContext) => {
  const registry = await dockerRegistry(t)
  const image = await smallImage({}, {}, 200_000)
  for (const content of [image.config, image.layer]) await sendBlob(registry, content)
  await sendManifest(registry, image.manifest, manifestType)
  const index = indexOf({ ...describe(image.manifest, manifestType), ...amd64 })
  await sendManifest(registry, index, indexType)
  return { registry, ...image, index }
}

const pull = ({ host }: Debian, document: Buffer, project: Project) => {
  const reference = parseImageReference(`${host}/team/agent:7@sha256:${sha256(document)}`)
  if (typeof reference === 'string') throw new Error(reference)
  const environment = { DOCKER_CONFIG: '/nonexistent' }
  return pullImage(reference, { network: {}, patience: patient, deadlines: late, tell: () => {}, environment }, project)
}

installed('Debian’s docker-registry gives an image by its digest, and by that of its index', async (t) => {
  const { registry, manifest, index, layer } = await filled(t)
  for (const document of [manifest, index]) {
    const project = await emptyProject(t)
    t.is((await pull(registry, document, project)).sha256, sha256(manifest))
    t.deepEqual(readFileSync(blobPath(sha256(layer), project)), layer)
  }
})

installed('a byte flipped on its disk is found', async (t) => {
  const { registry, manifest, layer } = await filled(t)
  const path = readdirSync(registry.blobs, { recursive: true })
    .map(String)
    .find((name) => name.endsWith(`${sha256(layer)}/data`))
  const spoiled = Buffer.from(layer)
  spoiled[20] = (spoiled[20] ?? 0) ^ 1
  writeFileSync(join(registry.blobs, path ?? ''), spoiled)
  const error = await t.throwsAsync(pull(registry, manifest, await emptyProject(t)), { code: 'E_OCI_IMAGE' })
  t.regex(error?.message ?? '', /a layer cannot be used/)
})

installed('an image that it doesn’t have is named', async (t) => {
  const { registry } = await filled(t)
  const error = await t.throwsAsync(pull(registry, Buffer.from('other'), await emptyProject(t)), {
    code: 'E_OCI_IMAGE',
  })
  t.regex(error?.message ?? '', /lacks the index or manifest/)
})

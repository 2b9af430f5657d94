import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { sha256 } from '../../scripts/lib/_helpers/hash.ts'
import { stageImages } from '../../scripts/lib/bake/container-images.ts'
import type { BakeNetwork } from '../../scripts/lib/bake/mirrors.ts'
import { readLayout } from '../../scripts/lib/oci/layout.ts'
import type { PlannedLayer } from '../../scripts/lib/plan/planned-layer.ts'
import { emptyProject } from '../cache/_store.ts'
import { smallImage } from '../oci/_image.ts'
import { layer } from '../plan/_rendered.ts'
import { fakeRegistry } from '../registry/_registry.ts'

const network: BakeNetwork = {
  mirrors: {},
  network: {},
  apt: undefined,
  logins: new Map(),
  authorities: [],
  redact: (text) => text,
}

test('an image of a registry is staged as a layout, with its facts beside it', async (t) => {
  const fake = await fakeRegistry(t)
  const { blobs, manifest, layer: blob } = await smallImage()
  for (const [hex, content] of blobs) {
    fake.blobs.set(hex, content)
    fake.manifests.set(`sha256:${hex}`, content)
  }
  const project = await emptyProject(t)
  const image = `${fake.host}/team/layers@sha256:${sha256(manifest)}`
  const planned: PlannedLayer = {
    name: 'agent',
    id: 'a'.repeat(64),
    parent: null,
    period: '1',
    engine: 'apt',
    rendered: layer('agent', { images: [{ name: 'agent', image }] }),
  }
  const staged = join(project.root, 'staged')
  const folders = { logs: project.root, scratch: project.root, network, networkFolder: project.root }
  await stageImages(planned, staged, folders, { note: t.fail, doing: () => {} }, project)
  const origin = { name: 'staged', next: 'stage it again' }
  t.is((await readLayout(join(staged, 'images/agent'), origin)).sha256, sha256(manifest))
  const index = JSON.parse(readFileSync(join(staged, 'images/agent/index.json'), 'utf8'))
  t.is(index.manifests.length, 1)
  t.is(index.manifests[0].annotations['org.opencontainers.image.ref.name'], 'boxhound/agent:latest')
  const facts = JSON.parse(readFileSync(join(staged, 'images/agent.json'), 'utf8'))
  t.like(facts, { name: 'agent', reference: image, digest: `sha256:${sha256(manifest)}` })
  t.deepEqual(facts.layers, [`sha256:${sha256(blob)}`])
  t.like(facts.config, { entrypoint: [], cmd: ['/bin/entrypoint.sh'], env: ['PATH=/bin'], healthcheck: null })
})

test('a layer without images stages none', async (t) => {
  const project = await emptyProject(t)
  const planned: PlannedLayer = {
    name: 'checks',
    id: 'a'.repeat(64),
    parent: null,
    period: '1',
    engine: 'apt',
    rendered: layer('checks'),
  }
  const folders = { logs: project.root, scratch: project.root, network, networkFolder: project.root }
  await t.notThrowsAsync(
    stageImages(planned, join(project.root, 'staged'), folders, { note: t.fail, doing: t.fail }, project),
  )
})

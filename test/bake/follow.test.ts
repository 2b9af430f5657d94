import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { sha256 } from '../../scripts/lib/_helpers/hash.ts'
import { followBuild } from '../../scripts/lib/bake/follow.ts'
import type { Progress } from '../../scripts/lib/bake/progress.ts'
import { type LayerRecord, layersFolder, overlayPath } from '../../scripts/lib/cache/store.ts'
import type { PlannedLayer } from '../../scripts/lib/plan/planned-layer.ts'

const layers = [
  { name: 'agent', id: 'a'.repeat(64), parent: '0'.repeat(64) },
  { name: 'app', id: 'b'.repeat(64), parent: 'a'.repeat(64) },
] as PlannedLayer[]

const below = { sha256: 'the base’s' } as LayerRecord

const follow = async (t: ExecutionContext) => {
  const cache = await mkdtemp(join(tmpdir(), 'boxhound-follow-'))
  t.teardown(() => rm(cache, { recursive: true, force: true }))
  const project = { tool: '/', root: '/', out: '/', cache }
  await mkdir(layersFolder(project))
  for (const { id, name } of layers) await writeFile(overlayPath(id, project), name)
  const told: unknown[] = []
  const progress = {
    started: (name: string) => void told.push(['started', name]),
    ended: (name: string, outcome: object) => void told.push([name, outcome]),
  } as unknown as Progress
  return { told, build: followBuild(layers, below, progress, project) }
}

test('built layers become records, each bound to the file below it', async (t) => {
  const { told, build } = await follow(t)
  build.onEvent({ layer: 'agent', event: 'started', at: 10 })
  build.onEvent({ layer: 'agent', event: 'built', at: 12, bytes: 5 })
  build.onEvent({ layer: 'app', event: 'started', at: 12 })
  build.onEvent({ layer: 'app', event: 'built', at: 15, bytes: 3 })
  const records = await build.built()
  t.like(records[0], { name: 'agent', seconds: 2, bytes: 5, sha256: sha256('agent'), parentSha256: 'the base’s' })
  t.like(records[1], { name: 'app', seconds: 3, sha256: sha256('app'), parentSha256: sha256('agent') })
  t.deepEqual(told.at(-1), ['app', { kind: 'built', seconds: 3, bytes: 3 }])
  t.is(build.failed(), undefined)
})

test('the layer that failed is named, and what was built before it stays', async (t) => {
  const { told, build } = await follow(t)
  build.onEvent({ layer: 'agent', event: 'started', at: 10 })
  build.onEvent({ layer: 'agent', event: 'built', at: 12, bytes: 5 })
  build.onEvent({ layer: 'app', event: 'started', at: 12 })
  build.onEvent({ layer: 'app', event: 'failed', at: 13, status: 1 })
  t.is(build.failed()?.name, 'app')
  t.deepEqual(
    (await build.built()).map(({ name }) => name),
    ['agent'],
  )
  t.deepEqual(told.at(-1), ['app', { kind: 'failed', seconds: 1 }])
})

test('events of layers that aren’t built here are none of its business', async (t) => {
  const { told, build } = await follow(t)
  build.onEvent({ layer: 'base', event: 'failed', at: 1, status: 1 })
  t.deepEqual([told, build.failed(), await build.built()], [[], undefined, []])
})

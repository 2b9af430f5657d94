import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { feedInputs } from '../../scripts/lib/bake/feed.ts'
import type { WorkFolder } from '../../scripts/lib/cache/leftovers.ts'
import type { PlannedLayer } from '../../scripts/lib/plan/planned-layer.ts'

const layers = [{ name: 'agent' }, { name: 'app' }] as PlannedLayer[]

const workFolder = async (t: ExecutionContext, inputs: boolean): Promise<WorkFolder> => {
  const path = await mkdtemp(join(tmpdir(), 'boxhound-feed-'))
  t.teardown(() => rm(path, { recursive: true, force: true }))
  if (inputs) await mkdir(join(path, 'inputs'))
  return { path } as WorkFolder
}

test('each layer is told that its inputs are there', async (t) => {
  const work = await workFolder(t, true)
  const fetched: string[] = []
  const feed = feedInputs(
    layers,
    async ({ name }) => void fetched.push(name),
    async () => t.fail(),
    work,
  )
  await feed.ended
  t.deepEqual(fetched, ['agent', 'app'])
  t.deepEqual((await readdir(join(work.path, 'inputs'))).sort(), ['agent.ready', 'app.ready'])
  t.is(feed.error(), undefined)
})

test('a layer whose inputs are missing is told why, the others get theirs', async (t) => {
  const work = await workFolder(t, true)
  const error = new Error('no such wheel')
  const fetch = async ({ name }: PlannedLayer): Promise<void> => {
    if (name === 'app') throw error
  }
  const feed = feedInputs(layers, fetch, async () => t.fail(), work)
  await feed.ended
  t.deepEqual((await readdir(join(work.path, 'inputs'))).sort(), ['agent.ready', 'app.failed'])
  t.regex(await readFile(join(work.path, 'inputs', 'app.failed'), 'utf8'), /could not be fetched: no such wheel\n$/)
  t.is(feed.error(), error)
})

test('a build whose layers can’t be told is stopped', async (t) => {
  let stopped = 0
  const work = await workFolder(t, false)
  const feed = feedInputs(
    layers,
    async () => {},
    async () => void stopped++,
    work,
  )
  await feed.ended
  t.is(stopped, 2)
  t.regex(String(feed.error()), /ENOENT/)
})

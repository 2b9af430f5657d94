// The actions push and pull of npm run cache.

import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { withCleanup } from '../_helpers/cleanup.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { formatBytes } from '../_helpers/format.ts'
import type { Project } from '../_helpers/paths.ts'
import { asTyped } from '../_helpers/typed.ts'
import { chosenBox } from '../box/chosen.ts'
import { storedChain, unboundLayers } from '../cache/binding.ts'
import { clearDeadRuns, clearRun, makeWorkFolder, type WorkFolder } from '../cache/leftovers.ts'
import { type LayerRecord, listRecords } from '../cache/store.ts'
import { networkOf } from '../fetch/network.ts'
import { usualPatience } from '../fetch/retry.ts'
import type { Plan } from '../plan/planned-layer.ts'
import { pulledText, pullLayers } from './pull.ts'
import { type Pushed, type PushState, pushLayers } from './push.ts'
import { openRegistry, type Registry, requireLoopback } from './registry.ts'
import { repositoryArgument } from './sources.ts'
import { type Ticker, ticker } from './ticker.ts'

/** The arguments of `npm run cache -- push|pull REGISTRY/REPO [BOX]`. */
export interface Words {
  readonly repository: string | undefined
  readonly box: string | undefined
  readonly flags: Readonly<Record<string, boolean>>
}

/** Plans a box in the same way as its next bake, to find its layers. */
export type Planner = (box: string) => Promise<Plan>

const usage = (message: string, found: string): BoxhoundError =>
  new BoxhoundError('E_USAGE', message, { exitCode: 2, found, next: 'npm run cache -- --help' })

/** Runs a verb's work with an open registry and a work folder, and cleans up both. */
const withRegistry = async (
  { repository, flags }: Words,
  plan: Plan | undefined,
  actions: 'pull' | 'pull,push',
  ids: readonly string[],
  project: Project,
  work: (registry: Registry, folder: WorkFolder, told: Ticker) => Promise<number>,
): Promise<number> => {
  const { mirrors, file } = plan?.rendered.box ?? { mirrors: undefined, file: undefined }
  const network = networkOf(mirrors, process.env, file === undefined ? undefined : dirname(file))
  const plainHttp = flags['plain-http'] === true
  const registry = openRegistry(repositoryArgument(repository), { network, plainHttp, actions })
  const told = ticker(process.stderr)
  let making: Promise<WorkFolder> | undefined
  await mkdir(project.cache, { recursive: true })
  return withCleanup(
    async () => {
      told.end()
      await registry.close()
      const folder = await making?.catch(() => undefined)
      if (folder !== undefined) await clearRun(folder, project)
    },
    async () => {
      for (const line of await clearDeadRuns(project)) told.line(line)
      making = makeWorkFolder(`cache ${actions === 'pull' ? 'pull' : 'push'}`, ids, project)
      return work(registry, await making, told)
    },
  )
}

/** A plan's stored layers, from the bottom up to the first that is missing or unusable. */
const storedOf = async ({ layers }: Plan, project: Project): Promise<LayerRecord[]> =>
  (await storedChain(layers, project)).stored

/** All layers, parents first. A layer whose parent is missing or was rebuilt is left out. */
export const parentsFirst = (records: readonly LayerRecord[]): LayerRecord[] => {
  const ordered: LayerRecord[] = []
  const taken = new Set<string>()
  const unbound = new Set(unboundLayers(records).map(({ id }) => id))
  for (let rest = records.filter(({ id }) => !unbound.has(id)).reverse(); rest.length > 0; ) {
    const ready = rest.filter(({ parent }) => parent === null || taken.has(parent))
    if (ready.length === 0) break
    for (const record of ready) taken.add(record.id)
    ordered.push(...ready)
    rest = rest.filter(({ id }) => !taken.has(id))
  }
  return ordered
}

const words: Readonly<Record<PushState, string>> = {
  sent: 'sent',
  missing: 'would be sent',
  there: 'already there',
  other: 'already there, built by another machine',
  left: 'left out: it stands on a layer that the registry has from another machine (--replace puts ours there)',
}

const row = ({ id, name }: { readonly id: string; readonly name: string }, text: string): string =>
  `  ${id.slice(0, 12)}  ${name.padEnd(9)} ${text}`

const pushRow = (pushed: Pushed): string =>
  row(pushed, `${words[pushed.state]}${pushed.state === 'sent' ? ` ${formatBytes(pushed.bytes).padStart(8)}` : ''}`)

const requireStored = (layers: readonly LayerRecord[], box: string | undefined): void => {
  if (layers.length > 0) return
  throw new BoxhoundError('E_NOTHING_STORED', 'nothing to push', {
    expected: box === undefined ? 'layers in the store' : `layers of box "${box}" in the store`,
    found: 'none',
    next: box === undefined ? 'npm run bake' : `npm run bake -- ${box}`,
  })
}

/**
 * `npm run cache -- push`: sends a box's layers, or all layers, to a registry.
 *
 * @returns 0, or 1 if a layer was left out.
 * @throws BoxhoundError E_USAGE, E_PLAIN_HTTP (exit code 2), and the errors of `pushLayers`.
 */
export const pushVerb = async (given: Words, planOf: Planner, project: Project): Promise<number> => {
  const { repository, flags } = given
  const target = repositoryArgument(repository)
  if (flags['plain-http'] === true) requireLoopback(target)
  if (flags.all === true && given.box !== undefined) throw usage('push takes either a box or --all', given.box)
  const box = flags.all === true ? undefined : chosenBox(given.box, project)
  const plan = box === undefined ? undefined : await planOf(box)
  const layers = plan === undefined ? parentsFirst(await listRecords(project)) : await storedOf(plan, project)
  requireStored(layers, box)
  const ids = layers.map(({ id }) => id)
  return withRegistry(given, plan, 'pull,push', ids, project, async (registry, work, told) => {
    const options = {
      dryRun: flags['dry-run'] === true,
      replace: flags.replace === true,
      patience: usualPatience,
      tell: told.line,
      doing: ({ name }: LayerRecord, done: { bytes: number; total: number }) =>
        told.doing(`${name}: ${formatBytes(done.bytes)} of ${formatBytes(done.total)}`),
      ended: (pushed: Pushed) => {
        told.end()
        if (flags.json !== true) console.log(pushRow(pushed))
      },
    }
    const results = await pushLayers(layers, registry, options, work, project)
    const bytes = results.reduce((sum, result) => sum + result.bytes, 0)
    const sent = results.filter(({ state }) => state === 'sent').length
    const absent = plan?.layers.slice(layers.length).map(({ name }) => name) ?? []
    if (absent.length > 0)
      told.line(asTyped(`not pushed because not in the store: ${absent.join(', ')} (npm run bake -- ${box})`))
    if (flags.json === true) console.log(JSON.stringify({ repository: registry.name, bytes, layers: results }))
    else console.log(`${sent} of ${results.length} layers sent to ${registry.name}, ${formatBytes(bytes)}`)
    return results.some(({ state }) => state === 'left') ? 1 : 0
  })
}

/**
 * `npm run cache -- pull`: downloads those of a box's layers that the store lacks.
 *
 * @returns 0, even if the registry lacks some; 1 if it does not respond or has something unusable.
 * @throws BoxhoundError E_USAGE, E_PLAIN_HTTP (exit code 2).
 */
export const pullVerb = async (given: Words, planOf: Planner, project: Project): Promise<number> => {
  const { repository, flags } = given
  const target = repositoryArgument(repository)
  if (flags['plain-http'] === true) requireLoopback(target)
  const wrong = ['all', 'replace', 'dry-run'].find((name) => flags[name] === true)
  if (wrong !== undefined) throw usage('pull does not have this option', `--${wrong}`)
  const plan = await planOf(chosenBox(given.box, project))
  const stored = await storedOf(plan, project)
  const ids = plan.layers.map(({ id }) => id)
  const missing = plan.layers.slice(stored.length)
  const say = (line: string): void => {
    if (flags.json !== true) console.log(line)
  }
  return withRegistry(given, plan, 'pull', ids, project, async (registry, work, told) => {
    let faults = 0
    const progress = {
      doing: (layer: string, text: string) => told.doing(`${layer}: ${text}`),
      ended: () => told.end(),
    }
    const tell = (line: string): void => {
      faults += 1
      told.line(line)
    }
    const options = { patience: usualPatience, progress, tell }
    const pulled = await pullLayers(missing, stored.at(-1), [registry], options, work, project)
    const there = new Map(pulled.map((layer) => [layer.record.id, layer]))
    const layers = plan.layers.map(({ id, name }, index) => {
      const transferred = there.get(id)?.transferred
      const state = transferred !== undefined ? 'pulled' : index < stored.length ? 'stored' : 'missing'
      return { id, name, state, bytes: transferred ?? 0 }
    })
    for (const { bytes, state, ...layer } of layers)
      say(row(layer, state === 'pulled' ? `pulled ${formatBytes(bytes).padStart(8)}` : state))
    if (flags.json === true) console.log(JSON.stringify({ repository: registry.name, layers }))
    say(pulled.length === 0 ? 'nothing pulled' : pulledText(pulled))
    return faults === 0 ? 0 : 1
  })
}
